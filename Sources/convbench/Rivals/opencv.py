"""OpenCV; its results are laid into memory that is there already."""
import cv2
import numpy

from rival import serve


MORPHOLOGY = {
    "erode": cv2.MORPH_ERODE, "dilate": cv2.MORPH_DILATE, "open": cv2.MORPH_OPEN,
    "close": cv2.MORPH_CLOSE, "gradient": cv2.MORPH_GRADIENT, "tophat": cv2.MORPH_TOPHAT}


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
    if job["kind"] == "morphology":
        kernel = window(job["shape"], job["size"])
        return lambda: cv2.morphologyEx(picture, MORPHOLOGY[job["name"]], kernel, out)
    if job["kind"] == "unsharp":
        # The same taps as ours, and the sum of both in one go: nothing else of it is as fast.
        size, soft = (job["size"], job["size"]), numpy.empty_like(picture)

        def sharpen():
            cv2.GaussianBlur(picture, size, job["sigma"], soft, borderType=edge)
            return cv2.addWeighted(picture, 2, soft, -1, 0, out)
        return sharpen
    if job["kind"] == "resize" and job["method"] == "area":
        size = (job["width"], round(picture.shape[0] * job["width"] / picture.shape[1]))
        return lambda: cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
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


def window(shape, size):
    """Disks are those of a radius, which OpenCV's ellipses are not."""
    if shape != "disk":
        return cv2.getStructuringElement(
            cv2.MORPH_RECT if shape == "box" else cv2.MORPH_CROSS, (size, size))
    radius = size // 2
    y, x = numpy.ogrid[-radius:radius + 1, -radius:radius + 1]
    return (x * x + y * y <= radius * radius).astype(numpy.uint8)


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
