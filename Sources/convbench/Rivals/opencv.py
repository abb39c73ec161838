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
    if job["kind"] == "bilateral":
        return lambda: cv2.bilateralFilter(picture, job["size"], 25, 3, out, borderType=edge)
    if job["kind"] == "canny":
        edges = numpy.empty(picture.shape[:2], numpy.uint8)
        return lambda: cv2.Canny(picture, 100, 200, edges)
    if job["kind"] == "clahe":
        return lambda: cv2.createCLAHE(40, (8, 8)).apply(picture, out)
    if job["kind"] == "nlmeans":
        return lambda: cv2.fastNlMeansDenoising(picture, out, 10)
    if job["kind"] == "localnorm":
        return lambda: local(picture, job["size"], out, edge)
    if job["kind"] == "sobel":
        wide = numpy.empty(picture.shape, numpy.int16)
        return lambda: cv2.Sobel(picture, cv2.CV_16S, 1, 0, wide, borderType=edge)
    return None


def local(picture, size, out, edge):
    """50 % + 20 % of the distance from the mean in deviations, of at least 1 %."""
    mean = cv2.boxFilter(picture, cv2.CV_32F, (size, size), borderType=edge)
    deviation = cv2.sqrBoxFilter(picture, cv2.CV_32F, (size, size), borderType=edge)
    deviation = cv2.subtract(deviation, cv2.multiply(mean, mean), deviation)
    cv2.sqrt(cv2.max(deviation, (255 / 100) ** 2, deviation), deviation)
    distance = cv2.subtract(picture, mean, mean, dtype=cv2.CV_32F)
    cv2.divide(distance, deviation, distance, scale=255 / 5)
    return cv2.convertScaleAbs(cv2.max(cv2.add(distance, 255 / 2, distance), 0, distance), out)


serve(prepare)
