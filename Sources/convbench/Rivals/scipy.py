"""SciPy's ndimage, one thread."""
import os
import sys

# This file is named as the package is.
here = os.path.dirname(os.path.abspath(__file__))
sys.path = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
from scipy import ndimage  # noqa: E402

sys.path.append(here)
import numpy  # noqa: E402
from rival import serve  # noqa: E402


def prepare(picture, job, threads):
    out = numpy.empty_like(picture)
    if job["kind"] == "gaussian" and job["sigma"] > 0:
        sigma = (job["sigma"], job["sigma"], 0)
        return lambda: ndimage.gaussian_filter(picture, sigma, output=out, mode="nearest")
    if job["kind"] == "box":
        size = (job["size"], job["size"], 1)
        return lambda: ndimage.uniform_filter(picture, size, output=out, mode="nearest")
    if job["kind"] == "maximum":
        size = (job["size"], job["size"], 1)
        return lambda: ndimage.maximum_filter(picture, size, output=out, mode="nearest")
    if job["kind"] == "correlate" and job["width"] <= 5:
        taps = numpy.array(job["taps"], numpy.float64).reshape(job["height"], job["width"], 1)
        kernel = taps / job["divisor"]
        return lambda: ndimage.correlate(picture, kernel, output=out, mode="nearest")
    return None


serve(prepare)
