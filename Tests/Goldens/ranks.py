"""Writes ranks.tsv: morphology and ranks of OpenCV, SciPy and NumPy on small pictures.

Columns: rival, specification, width, height, channels, bits, picture and result (hex, 16 bits with
the high byte first). Needs numpy, scipy, opencv-python and scikit-image.
"""
import sys
import cv2
import numpy as np
import scipy.ndimage as nd
import skimage.morphology as sm
from numpy.lib.stride_tricks import sliding_window_view

random = np.random.default_rng(2027)
OPENCV = {"erode": cv2.MORPH_ERODE, "dilate": cv2.MORPH_DILATE, "open": cv2.MORPH_OPEN,
          "close": cv2.MORPH_CLOSE, "gradient": cv2.MORPH_GRADIENT,
          "tophat": cv2.MORPH_TOPHAT, "blackhat": cv2.MORPH_BLACKHAT}
ELEMENTS = {"size=3": np.ones((3, 3)), "size=5x2": np.ones((2, 5)),
            "radius=2,shape=disk": sm.disk(2), "radius=2,shape=diamond": sm.diamond(2),
            "size=3x5,shape=cross": cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 5)),
            "mask=010/111/110": np.array([[0, 1, 0], [1, 1, 1], [1, 1, 0]])}
rows = []


def hexed(samples):
    return samples.astype(">u2" if samples.dtype == np.uint16 else np.uint8).tobytes().hex()


def add(rival, spec, picture, result):
    height, width = picture.shape[:2]
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    rows.append([rival, spec, width, height, channels, 8 * picture.dtype.itemsize, hexed(picture),
                 hexed(np.asarray(result).astype(picture.dtype))])


def picture(shape, kind):
    return random.integers(0, 1 << 8 * np.dtype(kind).itemsize, shape).astype(kind)


def ranked(samples, size, index, mode):
    """By sorting windows of a padded picture."""
    height, width = size
    edges = ((height // 2, height - 1 - height // 2), (width // 2, width - 1 - width // 2))
    padded = np.pad(samples, edges + ((0, 0),) * (samples.ndim - 2), mode=mode)
    windows = sliding_window_view(padded, size, axis=(0, 1))
    return np.sort(windows.reshape(samples.shape + (-1,)), axis=-1)[..., index]


for kind in (np.uint8, np.uint16):
    for shape in ((7, 9), (5, 4, 3), (1, 8), (6, 1)):
        samples = picture(shape, kind)
        for name, code in OPENCV.items():
            for text, element in ELEMENTS.items():
                if shape != (7, 9) and text not in ("size=3", "mask=010/111/110"):
                    continue
                if (text.startswith("mask") or "x2" in text) and name not in (
                        "erode", "dilate", "gradient"):
                    continue
                add("opencv", f"{name}:{text}", samples,
                    cv2.morphologyEx(samples, code, element.astype(np.uint8)))
        add("scipy", "median:size=5x3", samples,
            nd.median_filter(samples, (3, 5) + (1,) * (samples.ndim - 2), mode="nearest"))
        add("scipy", "rank:percent=30,size=4", samples,
            nd.percentile_filter(samples, 30, (4, 4) + (1,) * (samples.ndim - 2), mode="nearest"))
        add("numpy", "median:size=5,padding=reflect", samples, ranked(samples, (5, 5), 12, "symmetric"))
        add("numpy", "median:size=11x13", samples, ranked(samples, (13, 11), 71, "edge"))
        if kind == np.uint8 or samples.ndim == 2:
            add("opencv", "median:3", samples, cv2.medianBlur(samples, 3).reshape(shape))
            add("opencv", "median:5", samples, cv2.medianBlur(samples, 5).reshape(shape))
with open(sys.argv[1] if len(sys.argv) > 1 else "ranks.tsv", "w") as out:
    for row in rows:
        out.write("\t".join(map(str, row)) + "\n")
