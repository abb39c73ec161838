"""Pillow: sizes, kernels of 3 and 5, boxes, and a Gaussian approximated by three boxes."""
import numpy
from PIL import Image, ImageFilter

from rival import serve


def prepare(picture, job, threads):
    if picture.dtype != numpy.uint8 or picture.shape[2] not in (1, 3):
        return None
    image = Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0])
    if job["kind"] == "resize":
        size = (job["width"], round(picture.shape[0] * job["width"] / picture.shape[1]))
        way = Image.Resampling.BOX if job["method"] == "area" else Image.Resampling.LANCZOS
        return lambda: image.resize(size, way)
    if job["kind"] == "correlate" and job["width"] == job["height"] in (3, 5):
        size = (job["width"], job["height"])
        # The rows of a kernel run upwards there.
        rows = numpy.array(job["taps"]).reshape(job["height"], job["width"])[::-1]
        kernel = ImageFilter.Kernel(size, rows.ravel().tolist(), job["divisor"])
    elif job["kind"] == "box":
        kernel = ImageFilter.BoxBlur(job["size"] // 2)
    elif job["kind"] == "gaussian" and job["sigma"] > 0:
        kernel = ImageFilter.GaussianBlur(job["sigma"])
    else:
        return None
    return lambda: image.filter(kernel)


serve(prepare)
