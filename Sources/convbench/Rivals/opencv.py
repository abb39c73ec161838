"""OpenCV; its results are laid into memory that is there already."""
import cv2
import numpy

from rival import serve


def prepare(picture, job, threads):
    cv2.setNumThreads(threads)
    edge = cv2.BORDER_REPLICATE
    if picture.shape[2] == 1:
        picture = picture[:, :, 0]
    out = numpy.empty_like(picture)
    if job["kind"] == "correlate":
        taps = numpy.array(job["taps"], numpy.float32).reshape(job["height"], job["width"])
        kernel = taps / job["divisor"]
        return lambda: cv2.filter2D(picture, -1, kernel, out, borderType=edge)
    if job["kind"] == "gaussian":
        size, sigma = (job["size"], job["size"]), job["sigma"]
        return lambda: cv2.GaussianBlur(picture, size, sigma, out, borderType=edge)
    if job["kind"] == "box":
        size = (job["size"], job["size"])
        return lambda: cv2.blur(picture, size, out, borderType=edge)
    if job["kind"] == "maximum":
        kernel = numpy.ones((job["size"], job["size"]), numpy.uint8)
        return lambda: cv2.dilate(picture, kernel, out, borderType=edge)
    if job["kind"] == "median":
        return lambda: cv2.medianBlur(picture, job["size"], out)
    if job["kind"] in ("erosion", "opening"):
        kernel = numpy.ones((job["size"], job["size"]), numpy.uint8)
        if job["kind"] == "erosion":
            return lambda: cv2.erode(picture, kernel, out)
        return lambda: cv2.morphologyEx(picture, cv2.MORPH_OPEN, kernel, out)
    if job["kind"] == "sobel":
        wide = numpy.empty(picture.shape, numpy.int16)
        return lambda: cv2.Sobel(picture, cv2.CV_16S, 1, 0, wide, borderType=edge)
    return None


serve(prepare)
