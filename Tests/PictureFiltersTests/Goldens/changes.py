#!/usr/bin/env python3
"""Writes resize.tsv and gray.tsv: what Pillow and OpenCV make of small pictures.

    python3 Tests/PictureFiltersTests/Goldens/changes.py

Needs numpy, pillow and opencv-python. resize.tsv: rival, method, channels, width, height, result
(hex, 8 bits); a line of rival "picture" holds what the lines below it are made of. The levels leave room for overshoots: Pillow
rounds and cuts between its passes. For pictures with alpha the colours are premultiplied by hand,
resized by Pillow as floats, and divided. gray.tsv: weights, picture (RGB, hex), result (hex).
"""
import os

import cv2
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)
PILLOW = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "catmull-rom": Image.BICUBIC,
          "lanczos3": Image.LANCZOS}
W, H = 11, 8


def smooth(channels):
    y, x = np.mgrid[:H, :W]
    planes = [128 + 40 * np.sin(x / (2 + c)) + 30 * np.cos(y / (1.5 + c)) for c in range(channels)]
    noise = random.normal(0, 8, (H, W, channels))
    return (np.stack(planes, -1) + noise).clip(45, 210).round().astype(np.uint8)


def resized(picture, size, method):
    if picture.shape[2] == 1:
        return np.asarray(Image.fromarray(picture[..., 0]).resize(size, method))[..., None]
    if picture.shape[2] == 3:
        return np.asarray(Image.fromarray(picture).resize(size, method))
    floats = picture.astype(np.float32)
    alpha = floats[..., -1:]
    floats = np.concatenate([floats[..., :-1] * alpha, alpha], -1)
    planes = [np.asarray(Image.fromarray(floats[..., c]).resize(size, method))
              for c in range(floats.shape[2])]
    alpha = planes[-1]
    colors = [np.where(alpha >= 0.5, plane / np.maximum(alpha, 0.5), 0) for plane in planes[:-1]]
    return (np.stack(colors + [alpha], -1) + 0.5).clip(0, 255).astype(np.uint8)


with open(os.path.join(here, "resize.tsv"), "w") as out:
    for channels in (1, 3, 2, 4):
        picture = smooth(channels)
        if channels % 2 == 0:
            picture[..., -1] = random.integers(0, 256, (H, W))
        def write(rival, method, picture):
            out.write("\t".join(map(str, [rival, method, channels, picture.shape[1],
                                          picture.shape[0], picture.tobytes().hex()])) + "\n")

        write("picture", "-", picture)
        for width, height in [(5, 4), (17, 3), (4, 13), (1, 1)]:
            for name, method in PILLOW.items():
                if channels % 2 == 0 and name == "nearest":
                    result = picture[:, :, :][
                        ((np.arange(height) + 0.5) * H / height).astype(int)][
                        :, ((np.arange(width) + 0.5) * W / width).astype(int)]
                else:
                    result = resized(picture, (width, height), method)
                write("pillow", name, result)
        if channels % 2:
            for width, height in [(5, 4), (10, 8), (1, 1)]:
                write("opencv", "area",
                      cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).reshape(
                          height, width, channels))

with open(os.path.join(here, "gray.tsv"), "w") as out:
    picture = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    result = np.asarray(Image.fromarray(picture).convert("L"))
    out.write("\t".join(["601", picture.tobytes().hex(), result.tobytes().hex()]) + "\n")
