"""Compares two pictures: prints how they differ, ends with 1 where they show something else.

    python compare.py OURS THEIRS

PNG: no sample may differ by more than one level. JPEG: encoders round differently; the mean
difference may be one level and a half.
"""
import sys

import numpy
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
ours, theirs = (numpy.asarray(Image.open(path).convert("RGB")) for path in sys.argv[1:3])
if ours.shape != theirs.shape:
    sys.exit(f"{sys.argv[2]}: {theirs.shape} instead of {ours.shape}")
worst, total = 0, 0
for row in range(0, len(ours), 256):
    part = numpy.abs(ours[row:row + 256].astype(numpy.int16) - theirs[row:row + 256])
    worst, total = max(worst, int(part.max())), total + int(part.sum())
mean = total / ours.size
print(f"(differs by at most {worst}, on average {mean:.3f} levels)")
if worst > 1 if sys.argv[1].endswith(".png") else mean > 1.5:
    sys.exit(f"{sys.argv[2]} shows something else: at most {worst}, on average {mean:.3f} levels")
