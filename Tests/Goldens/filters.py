"""Writes filters.tsv: correlations of SciPy and OpenCV on small pictures of integers.

Columns: rival, padding, width, height, picture (hex, 8 bits), kernel width, kernel height, taps,
sums (exact integers). Needs numpy, scipy and opencv-python.
"""
import sys
import numpy as np
import scipy.ndimage
import cv2

random = np.random.default_rng(2026)
SCIPY = {"zero": "constant", "replicate": "nearest", "reflect": "reflect",
         "reflect101": "mirror", "wrap": "wrap"}
OPENCV = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE,
          "reflect": cv2.BORDER_REFLECT, "reflect101": cv2.BORDER_REFLECT_101}
rows = []
for width, height in [(1, 1), (1, 9), (9, 1), (2, 3), (7, 5), (17, 11)]:
    picture = random.integers(0, 256, (height, width))
    for kw, kh in [(1, 1), (3, 3), (2, 4), (5, 3), (9, 1)]:
        taps = random.integers(-9, 10, (kh, kw))
        def add(rival, padding, sums):
            rows.append([rival, padding, width, height, picture.astype(np.uint8).tobytes().hex(),
                         kw, kh, " ".join(map(str, taps.flatten())),
                         " ".join(map(str, np.asarray(sums).astype(int).flatten()))])
        for padding, mode in SCIPY.items():
            # SciPy reads garbage where a mirrored axis has one sample.
            if padding == "reflect101" and min(width, height) == 1:
                continue
            add("scipy", padding, scipy.ndimage.correlate(picture, taps, mode=mode))
        if width > kw and height > kh:
            for padding, border in OPENCV.items():
                add("opencv", padding, cv2.filter2D(
                    picture.astype(np.float64), cv2.CV_64F, taps.astype(np.float64),
                    anchor=(kw // 2, kh // 2), borderType=border).round())
with open(sys.argv[1] if len(sys.argv) > 1 else "filters.tsv", "w") as out:
    for row in rows:
        out.write("\t".join(map(str, row)) + "\n")
