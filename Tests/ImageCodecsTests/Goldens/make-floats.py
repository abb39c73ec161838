"""Makes floats of 16 and 64 bits, in TIFF and NumPy, and what they are as floats of 32: the folder Floats.

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
with np.errstate(over="ignore"):
    for name, array in (("half", half), ("double", exact)):
        np.save(here + name + ".npy", array)
        np.save(here + name + "-big.npy", array.astype(array.dtype.newbyteorder(">")))
        np.save(here + name + "-expected.npy", array.astype(np.float32))
        tifffile.imwrite(here + name + ".tif", array, photometric="rgb", metadata=None)
        tifffile.imwrite(here + name + "-planes.tif", np.moveaxis(array, -1, 0), photometric="rgb",
                         planarconfig="separate", byteorder=">", metadata=None)
