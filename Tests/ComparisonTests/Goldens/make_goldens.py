"""Differences and structural similarity by NumPy and scikit-image, for ComparisonTests.

    python3 make_goldens.py > goldens.txt

A picture is made of the numbers of a generator that the tests have, too: only the figures are stored.
A line is: width height channels bits noise | largest mean rmse psnr ssim msssim differing incomparable,
where msssim is none for pictures that are too small for five scales. 32 bits are floats from -2 to 2, 33 such
with samples that are no number, which are left out, as are windows that hold one.
"""
import numpy as np
from scipy.ndimage import correlate1d
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def random(count, seed):
    """Numbers of 32 bits: x = 1664525 x + 1013904223."""
    numbers = np.empty(count, dtype=np.int64)
    state = seed
    for index in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        numbers[index] = state
    return numbers


def pair(width, height, channels, bits, noise):
    """A picture of waves and noise, and the same with other noise of `noise` levels of 255."""
    full = 2**min(bits, 16) - 1
    y, x, c = np.mgrid[:height, :width, :channels]
    waves = (x * (3 + c) + y * 5 + (x * y) // 16) % 256
    grains = random(2 * waves.size, 1) >> 24
    first = (waves + grains[: waves.size].reshape(waves.shape) // 8) // 2 + 40
    shift = grains[waves.size :].reshape(waves.shape) * noise // 256 - noise // 2
    second = np.clip(first + shift, 0, 255)
    if bits >= 32:
        first, second = first / 64 - 2, second / 64 - 2
        if bits == 33:
            # In the first rows, or at the smallest scale no window would be left.
            index = np.where(y < 12, np.arange(first.size).reshape(first.shape), 0)
            first[index % 397 == 13] = np.nan
            second[index % 794 == 13] = np.nan
            second[index % 1201 == 7] = np.nan
        return first, second, 4
    scale = full // 255
    return (first * scale).astype(np.int64), (second * scale).astype(np.int64), full


def windows(a):
    """Sums of Gaussian windows of 11x11, whole ones only."""
    taps = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    taps /= taps.sum()
    return correlate1d(correlate1d(a, taps, axis=0), taps, axis=1)[5:-5, 5:-5]


def scale_terms(a, b, full):
    c1, c2 = (0.01 * full) ** 2, (0.03 * full) ** 2
    ma, mb = windows(a), windows(b)
    va, vb = windows(a * a) - ma**2, windows(b * b) - mb**2
    cov = windows(a * b) - ma * mb
    cs = (2 * cov + c2) / (va + vb + c2)
    return np.nanmean(cs * (2 * ma * mb + c1) / (ma**2 + mb**2 + c1)), np.nanmean(cs)


def halved(a):
    """Means of 2x2, the last row and column twice where their number is odd."""
    a = np.pad(a, ((0, a.shape[0] % 2), (0, a.shape[1] % 2)), mode="symmetric")
    return (a[::2, ::2] + a[1::2, ::2] + a[::2, 1::2] + a[1::2, 1::2]) / 4


def msssim(a, b, full):
    """Wang, Simoncelli & Bovik 2003, for one channel."""
    result = 1.0
    for level, weight in enumerate(WEIGHTS):
        if min(a.shape) < 11:
            return None
        whole, cs = scale_terms(a, b, full)
        result *= max(0, whole if level == len(WEIGHTS) - 1 else cs) ** weight
        a, b = halved(a), halved(b)
    return result


def line(width, height, channels, bits, noise):
    a, b, full = pair(width, height, channels, bits, noise)
    gap = np.abs(a - b)
    _, map = structural_similarity(
        a.astype(float), b.astype(float), data_range=full, channel_axis=2, gaussian_weights=True,
        sigma=1.5, use_sample_covariance=False, full=True)
    ssim = np.mean([np.nanmean(map[5:-5, 5:-5, c]) for c in range(channels)])
    both = ~np.isnan(gap)
    alike = np.isnan(a) & np.isnan(b)
    # What is no number in both pictures is alike.
    compared = np.append(gap[both], np.zeros(np.count_nonzero(alike)))
    psnr = peak_signal_noise_ratio(compared.astype(float), np.zeros(compared.shape), data_range=full)
    scores = [msssim(a[..., c].astype(float), b[..., c].astype(float), full) for c in range(channels)]
    score = "none" if scores[0] is None else repr(float(np.mean(scores)))
    rmse = float(np.sqrt((compared.astype(float) ** 2).mean()))
    apart = np.count_nonzero(~both & ~alike)
    return (f"{width} {height} {channels} {bits} {noise} | {compared.max():g} {float(compared.mean())!r} "
            f"{rmse!r} {float(psnr)!r} {float(ssim)!r} {score} {np.count_nonzero(compared) + apart} {apart}")


if __name__ == "__main__":
    for case in [(16, 11, 1, 8, 5), (40, 33, 3, 8, 20), (31, 64, 2, 8, 90), (25, 37, 4, 16, 9),
                 (181, 163, 1, 8, 12), (176, 161, 3, 8, 60), (200, 191, 1, 16, 30), (163, 300, 1, 8, 250),
                 (29, 40, 3, 32, 70), (190, 170, 1, 32, 25), (47, 61, 2, 33, 40), (300, 261, 1, 33, 90)]:
        print(line(*case))
