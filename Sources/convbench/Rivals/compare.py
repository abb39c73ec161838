"""Compares two pictures: prints how they differ, ends with 1 where they show something else.

    python compare.py OURS THEIRS

Formats without loss: no sample may differ by more than one level. The others: encoders round differently; the
mean difference may be one level and a half. What Pillow does not read is read by libvips.
"""
import os
import subprocess
import sys
import tempfile

import numpy
from PIL import Image, UnidentifiedImageError

Image.MAX_IMAGE_PIXELS = None


def read(path):
    try:
        return numpy.asarray(Image.open(path).convert("RGB"))
    except (UnidentifiedImageError, SyntaxError, OSError):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "picture.png")
            subprocess.run(["vips", "cast", path, name, "uchar"], check=True)
            return numpy.asarray(Image.open(name).convert("RGB"))


ours, theirs = (read(path) for path in sys.argv[1:3])
if ours.shape != theirs.shape:
    sys.exit(f"{sys.argv[2]}: {theirs.shape} instead of {ours.shape}")
worst, total = 0, 0
for row in range(0, len(ours), 256):
    part = numpy.abs(ours[row:row + 256].astype(numpy.int16) - theirs[row:row + 256])
    worst, total = max(worst, int(part.max())), total + int(part.sum())
mean = total / ours.size
print(f"(differs by at most {worst}, on average {mean:.3f} levels)")
isExact = sys.argv[1].endswith((".png", ".tif", ".ppm", ".pfm"))
if worst > 1 if isExact else mean > 1.5:
    sys.exit(f"{sys.argv[2]} shows something else: at most {worst}, on average {mean:.3f} levels")
