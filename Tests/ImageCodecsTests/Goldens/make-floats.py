"""Makes numbers that come out as floats of 32 bits, in TIFF and NumPy, and those floats: the folder Floats.

    pip install numpy tifffile && python make-floats.py
"""
import os

import numpy as np
import tifffile

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Floats") + "/"
exact = np.random.default_rng(11).normal(0, 3, (5, 7, 3))
exact[0, 0] = [np.nan, np.inf, -np.inf]
exact[0, 1] = [1e300, -1e-310, 0.1]
half = np.clip(exact, -60000, 60000).astype(np.float16)
half[0, 0] = [np.nan, np.inf, -np.inf]
# The smallest, the largest of those below it, and a zero with a sign.
half[0, 2] = np.array([0x0001, 0x83FF, 0x8000], np.uint16).view(np.float16)
# Whole numbers with a sign, and of more bits than floats of 32 hold.
short = np.random.default_rng(12).integers(-32768, 32768, (5, 7, 3)).astype(np.int16)
long = np.random.default_rng(13).integers(-2**31, 2**31, (5, 7, 3)).astype(np.int32)
long[0, 0] = [-2**31, 2**31 - 1, 2**24 + 1]
count = np.random.default_rng(14).integers(0, 2**32, (5, 7, 3)).astype(np.uint32)
count[0, 0] = [2**32 - 1, 2**24 + 1, 0]
with np.errstate(over="ignore"):
    for name, array in (("half", half), ("double", exact), ("short", short), ("long", long), ("count", count)):
        np.save(here + name + ".npy", array)
        np.save(here + name + "-big.npy", array.astype(array.dtype.newbyteorder(">")))
        np.save(here + name + "-columns.npy", np.asfortranarray(array))
        np.save(here + name + "-expected.npy", array.astype(np.float32))
        tifffile.imwrite(here + name + ".tif", array, photometric="rgb", metadata=None)
        tifffile.imwrite(here + name + "-planes.tif", np.moveaxis(array, -1, 0), photometric="rgb",
                         planarconfig="separate", byteorder=">", metadata=None)
# 8 bits with a sign, 64 without.
byte = np.array([[-128, 127], [0, -1]], np.int8)
huge = np.array([[2**64 - 1, 2**53 + 1], [0, 2**24]], np.uint64)
for name, array in (("byte", byte), ("huge", huge)):
    np.save(here + name + ".npy", array)
    np.save(here + name + "-expected.npy", array.astype(np.float32))
    tifffile.imwrite(here + name + ".tif", array, photometric="minisblack", metadata=None)
# Colours that are multiplied by alpha, beyond white too.
colors = np.random.default_rng(15).random((3, 4, 3), np.float32) * 4
alpha = np.array([[0, 0.25, 0.5, 1]] * 3, np.float32)[..., None]
tifffile.imwrite(here + "associated.tif", np.concatenate([colors * alpha, alpha], -1), photometric="rgb",
                 extrasamples=("assocalpha",), metadata=None)
np.save(here + "associated-expected.npy", np.concatenate([np.where(alpha > 0, colors, 0), alpha], -1))
# Two layers of one page.
tifffile.imwrite(here + "volume.tif", np.zeros((2, 16, 16), np.uint8), photometric="minisblack", volumetric=True,
                 tile=(2, 16, 16), metadata=None, compression="zlib")
