"""scikit-image where it does what OpenCV does not: ranks of bytes, one thread."""
import numpy
from skimage.filters import rank

from rival import serve


def prepare(picture, job, threads):
    if job["kind"] != "rank" or picture.dtype != numpy.uint8 or picture.shape[2] > 1:
        return None
    single, out = picture[:, :, 0], numpy.empty(picture.shape[:2], numpy.uint8)
    window = numpy.ones((job["size"], job["size"]), numpy.uint8)
    # Differs at the border, where it counts the samples inside.
    return lambda: rank.percentile(single, window, out=out, p0=job["percent"] / 100)


serve(prepare)
