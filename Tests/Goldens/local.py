"""Writes local.tsv: Canny, CLAHE, the bilateral filter and non-local means of OpenCV, local normalisation by NumPy,
and ImageMagick's unsharp mask.

Columns: rival, specification, width, height, channels, bits, picture, channels of the result, result
(hex, 16 bits with the high byte first). Needs numpy, scipy, opencv-python, and ImageMagick's convert.
"""
import os
import subprocess
import sys
import tempfile
import cv2
import numpy as np
import scipy.ndimage as nd

random = np.random.default_rng(2028)
rows = []


def hexed(samples):
    return samples.astype(">u2" if samples.dtype == np.uint16 else np.uint8).tobytes().hex()


def add(rival, spec, picture, result):
    height, width = picture.shape[:2]
    channels = [1 if p.ndim == 2 else p.shape[2] for p in (picture, result)]
    rows.append([rival, spec, width, height, channels[0], 8 * picture.dtype.itemsize,
                 hexed(picture), channels[1], hexed(np.asarray(result).astype(picture.dtype))])


def soft(height, width, channels, kind):
    samples = nd.gaussian_filter(random.standard_normal((height, width, channels)), (2, 2, 0))
    samples = np.clip(127 + 350 * samples, 0, 255)
    samples = (samples * (257 if kind == np.uint16 else 1)).astype(kind)
    return samples[:, :, 0] if channels == 1 else samples


def local(picture, size):
    top = float(np.iinfo(picture.dtype).max)
    samples = picture.astype(float)
    sizes = (size, size) + (1,) * (samples.ndim - 2)
    mean = nd.uniform_filter(samples, sizes, mode="nearest")
    square = nd.uniform_filter(samples * samples, sizes, mode="nearest")
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    result = top / 2 + top / 5 * (samples - mean) / np.maximum(deviation, top / 100)
    return np.clip(np.floor(result + 0.5), 0, top)


def unsharp(picture, setting):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("in.png", "out.png")]
        cv2.imwrite(paths[0], picture)
        subprocess.run(["convert", paths[0], "-unsharp", setting, paths[1]], check=True)
        return cv2.imread(paths[1], cv2.IMREAD_UNCHANGED)


for shape in ((20, 26, 1), (17, 19, 3), (1, 30, 1), (24, 1, 1)):
    picture = soft(*shape, np.uint8)
    for low, high in ((50, 120), (20, 60)):
        for norm in ("l1", "l2"):
            add("opencv", f"canny:low={low},high={high},norm={norm}", picture,
                cv2.Canny(picture, low, high, L2gradient=norm == "l2"))
    add("opencv", "bilateral:sigma-color=30,sigma-space=3", picture,
        cv2.bilateralFilter(picture, -1, 30, 3, borderType=cv2.BORDER_REPLICATE))
    for kind in (np.uint8, np.uint16):
        add("numpy", "localnorm:size=5", *(lambda p: (p, local(p, 5)))(soft(*shape, kind)))
    if shape[2] == 1:
        for clip, tiles in ((40, 8), (2, 3), (0, 2)):
            add("opencv", f"clahe:clip={clip},tiles={tiles}", picture,
                cv2.createCLAHE(clip, (tiles, tiles)).apply(picture))
        wide = soft(*shape, np.uint16)
        add("opencv", "clahe:clip=3,tiles=2", wide, cv2.createCLAHE(3, (2, 2)).apply(wide))
for setting in ("0x1+1+0.05", "0x1.5+1.5+0.02", "0x2"):
    picture = soft(12, 15, 1, np.uint8)
    add("imagemagick", "unsharp:" + setting, picture, unsharp(picture, setting))
for shape in ((14, 19, 1), (12, 16, 3), (9, 1, 1)):
    picture = soft(*shape, np.uint8)
    noisy = np.clip(picture + random.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)
    for strength, template, search in ((12, 7, 21), (20, 3, 5), (3, 5, 7)):
        add("opencv", f"nlmeans:strength={strength},template={template},search={search},"
            "padding=reflect101", noisy,
            cv2.fastNlMeansDenoising(noisy, None, strength, template, search).reshape(noisy.shape))
with open(sys.argv[1] if len(sys.argv) > 1 else "local.tsv", "w") as out:
    for row in rows:
        out.write("\t".join(map(str, row)) + "\n")
