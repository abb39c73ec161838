"""SciPy's ndimage, one thread."""
import numpy
from scipy import ndimage
from rival import serve


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
    if job["kind"] == "median":
        size = (job["size"], job["size"], 1)
        return lambda: ndimage.median_filter(picture, size, output=out, mode="nearest")
    if job["kind"] == "rank":
        # On two axes it is ten times as fast.
        size, single = (job["size"], job["size"]), picture[:, :, 0]
        if picture.shape[2] > 1:
            return None
        return lambda: ndimage.percentile_filter(single, job["percent"], size, mode="nearest")
    if job["kind"] == "morphology" and (job["name"], job["shape"]) == ("erode", "box"):
        # The others differ at the border, where samples are repeated, or are slower still.
        size = (job["size"], job["size"], 1)
        return lambda: ndimage.minimum_filter(picture, size, output=out, mode="nearest")
    if job["kind"] == "correlate" and job["width"] <= 5:
        taps = numpy.array(job["taps"], numpy.float64).reshape(job["height"], job["width"], 1)
        kernel = taps / job["divisor"]
        return lambda: ndimage.correlate(picture, kernel, output=out, mode="nearest")
    return None


serve(prepare)
