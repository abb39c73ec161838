#!/usr/bin/env python3
"""Writes kernels.tsv: the named kernels as other programs have them.

    python3 Tests/Goldens/kernels.py > Tests/Goldens/kernels.tsv

Needs numpy, scipy, scikit-image, opencv-python, pillow and ImageMagick 6 (`convert`).
One kernel a line: specification, who says so, tolerance, width, height, taps divided by the scale.
Filters of libraries are asked for their answer to a single bright sample, which is the kernel turned
by 180 degrees, as they correlate; ImageMagick convolves, so its kernels are turned too.
"""
import re
import subprocess

import cv2
import numpy as np
import scipy.ndimage as ndi
import skimage.filters
import skimage.morphology
from PIL import ImageFilter
from scipy.special import comb


def line(spec, source, tolerance, taps):
    taps = np.atleast_2d(np.asarray(taps, dtype=float))
    numbers = " ".join(repr(float(v) + 0.0) for v in taps.ravel())
    print(spec, source, tolerance, taps.shape[1], taps.shape[0], numbers, sep="\t")


def answer(filter, width, height):
    """The kernel of `filter`, from its answer to one bright sample."""
    picture = np.zeros((4 * height + 1, 4 * width + 1))
    y, x = 2 * height, 2 * width
    picture[y, x] = 1
    result = filter(picture)
    part = result[y - height // 2 : y + height // 2 + 1, x - width // 2 : x + width // 2 + 1]
    assert np.isclose(np.abs(part).sum(), np.abs(result).sum(), atol=1e-9), "cut"
    return part[::-1, ::-1]


def magick(kernel):
    """An ImageMagick kernel turned by 180 degrees, from its own printing."""
    text = subprocess.run(
        ["convert", "xc:red", "-define", "morphology:showkernel=1", "-morphology", "convolve:0",
         kernel, "null:"], capture_output=True, text=True, check=True).stderr
    rows = [r.split(":")[1].split() for r in text.splitlines() if re.match(r"\s*\d+:", r)]
    return np.array([[0 if v == "nan" else float(v) for v in r] for r in rows])[::-1, ::-1]


# Gaussians.
for sigma in [0.5, 1, 1.4, 2, 3.3]:
    side = 2 * int(4 * sigma + 0.5) + 1
    line(f"gaussian:sigma={sigma}", "scipy gaussian_filter", 1e-15,
         answer(lambda p: ndi.gaussian_filter(p, sigma), side, side))
line("gaussian:sigma-x=2,sigma-y=1", "scipy gaussian_filter", 1e-15,
     answer(lambda p: ndi.gaussian_filter(p, (1, 2)), 17, 9))
line("gaussian:sigma-x=1.5,sigma-y=0", "scipy gaussian_filter1d", 1e-15,
     answer(lambda p: ndi.gaussian_filter1d(p, 1.5, axis=1), 13, 1))
for size in [11, 21]:
    row = cv2.getGaussianKernel(size, -1)
    line(f"gaussian:size={size}", "opencv getGaussianKernel", 1e-15, row @ row.T)
# Up to 9 taps OpenCV takes a table of dyadic fractions where no sigma is given.
for size in [3, 5, 9]:
    row = cv2.getGaussianKernel(size, 0.3 * ((size - 1) * 0.5 - 1) + 0.8)
    line(f"gaussian:size={size}", "opencv getGaussianKernel", 1e-15, row @ row.T)
line("gaussian:size=7x5,sigma=1.2", "opencv getGaussianKernel", 1e-15,
     cv2.getGaussianKernel(5, 1.2) @ cv2.getGaussianKernel(7, 1.2).T)
line("Gaussian:0x1", "imagemagick Gaussian", 2e-4, magick("Gaussian:4x1"))

# Means.
line("box", "opencv boxFilter", 1e-15, answer(lambda p: cv2.boxFilter(p, -1, (3, 3)), 3, 3))
line("box:size=5x3", "scipy uniform_filter", 1e-15,
     answer(lambda p: ndi.uniform_filter(p, (3, 5)), 5, 3))
for size in [3, 5, 9]:
    row = np.array([comb(size - 1, k) for k in range(size)])
    line(f"binomial:size={size}", "scipy comb", 0, np.outer(row, row) / 4 ** (size - 1))
line("Binomial:2", "imagemagick Binomial", 1e-6, magick("Binomial:2") / 256)
for radius in [1, 3, 6]:
    shape = skimage.morphology.disk(radius)
    line(f"disk:radius={radius}", "skimage disk", 1e-15, shape / shape.sum())
shape = skimage.morphology.diamond(3)
line("diamond:radius=3", "skimage diamond", 1e-15, shape / shape.sum())
for name in ["Disk", "Disk:4", "Diamond:2", "Square:2", "Octagon:2", "Octagon:3", "Octagon:5",
             "Plus:2", "Cross:2"]:
    shape = magick(name)
    line(name, "imagemagick", 1e-15, shape / shape.sum())
line("motion:length=7", "a row of ones", 1e-15, np.ones((1, 7)) / 7)
line("motion:length=5,angle=90", "a column of ones", 1e-15, np.ones((5, 1)) / 5)

# Derivatives.
dy, dx = cv2.getDerivKernels(0, 1, 3), cv2.getDerivKernels(1, 0, 3)
line("sobel-x", "opencv getDerivKernels", 0, dx[1] @ dx[0].T)
line("sobel-y", "opencv getDerivKernels", 0, dy[1] @ dy[0].T)
line("sobel-x", "scipy sobel", 1e-15, answer(lambda p: ndi.sobel(p, axis=1), 3, 3))
line("sobel-y", "scipy sobel", 1e-15, answer(lambda p: ndi.sobel(p, axis=0), 3, 3))
line("sobel-v", "skimage sobel_v, times 4", 1e-15,
     4 * answer(skimage.filters.sobel_v, 3, 3))
line("sobel-h", "skimage sobel_h, times 4", 1e-15,
     4 * answer(skimage.filters.sobel_h, 3, 3))
line("prewitt-x", "scipy prewitt", 1e-15, answer(lambda p: ndi.prewitt(p, axis=1), 3, 3))
line("prewitt-y", "scipy prewitt", 1e-15, answer(lambda p: ndi.prewitt(p, axis=0), 3, 3))
dy, dx = cv2.getDerivKernels(0, 1, cv2.FILTER_SCHARR), cv2.getDerivKernels(1, 0, cv2.FILTER_SCHARR)
line("scharr-x", "opencv getDerivKernels", 0, dx[1] @ dx[0].T)
line("scharr-y", "opencv getDerivKernels", 0, dy[1] @ dy[0].T)
line("roberts-x", "skimage roberts_pos_diag", 0, skimage.filters.edges.ROBERTS_PD_WEIGHTS)
line("roberts-y", "skimage roberts_neg_diag", 0, skimage.filters.edges.ROBERTS_ND_WEIGHTS)
line("laplacian", "scipy laplace", 1e-15, answer(ndi.laplace, 3, 3))
line("laplacian-4", "opencv Laplacian", 1e-15,
     answer(lambda p: cv2.Laplacian(p, cv2.CV_64F, ksize=1), 3, 3))
line("edge-4", "skimage laplace", 1e-15, answer(skimage.filters.laplace, 3, 3))
for kind in [0, 1, 2, 3, 5, 7, 15, 19]:
    line(f"Laplacian:{kind}", "imagemagick", 0, magick(f"Laplacian:{kind}"))
for name in ["Sobel", "Prewitt", "Kirsch", "Compass"]:
    for angle in range(0, 360, 45):
        line(f"{name}:{angle}", "imagemagick", 0, magick(f"{name}:{angle}"))
line("freichen:angle=0", "imagemagick FreiChen", 1e-5, magick("FreiChen:0"))
# The signs of 5 and 6 are those of the paper.
for number, sign in [(15, -1), (16, -1), (18, 1), (19, 1)]:
    line(f"FreiChen:{number}", "imagemagick", 1e-5, sign * magick(f"FreiChen:{number}"))

# Bands.
for sigma in [1, 2, 3.5]:
    side = 2 * int(4 * sigma + 0.5) + 1
    line(f"log:sigma={sigma}", "scipy gaussian_laplace", 6e-4 / sigma ** 2,
         answer(lambda p: ndi.gaussian_laplace(p, sigma), side, side))
line("dog:sigma=1,sigma2=2", "scipy gaussian_filter", 1e-5,
     answer(lambda p: ndi.gaussian_filter(p, 1, radius=8) - ndi.gaussian_filter(p, 2), 17, 17))
for angle, sigma, wavelength, gamma, psi in [
        (0, 2, 4, 0.5, 0), (30, 3, 5, 0.7, 0), (120, 2, 6, 1, 90), (45, 1.5, 4, 0.5, 30)]:
    taps = cv2.getGaborKernel((13, 13), sigma, np.deg2rad(angle), wavelength, gamma,
                              np.deg2rad(psi))[::-1, ::-1]
    line(f"gabor:size=13,angle={angle},sigma={sigma},lambda={wavelength},gamma={gamma},psi={psi}",
         "opencv getGaborKernel", 1e-12, taps / taps[taps > 0].sum())

# Pillow's, as its tables print them.
for name in ["BLUR", "CONTOUR", "DETAIL", "EDGE_ENHANCE", "EDGE_ENHANCE_MORE", "EMBOSS", "FIND_EDGES",
             "SHARPEN", "SMOOTH", "SMOOTH_MORE"]:
    (width, height), scale, offset, taps = getattr(ImageFilter, name).filterargs
    line(f"{name}:offset={offset}" if offset else name, "pillow", 1e-15,
         np.reshape(taps, (height, width)) / scale)
