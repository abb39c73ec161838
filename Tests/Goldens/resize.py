"""Goldens of the antialiased resize: Pillow's BILINEAR, which is a triangle as wide as it must be.

    python3 resize.py > resize.tsv      (made with Pillow 13.0)

A line holds: mode, source width and height, target width and height, fit, target channels, and the
levels of the target in hexadecimal. The source is a formula, so that no picture is needed.
"""

from PIL import Image


def source(mode, width, height):
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}[mode]
    levels = bytes(
        (x * x * 7 + y * 31 + c * 85 + (x * y) % 13 * 19) % 256
        for y in range(height)
        for x in range(width)
        for c in range(channels)
    )
    return Image.frombytes(mode, (width, height), levels)


def flat(image, channels):
    """On white, then gray or RGB."""
    if image.mode in ("LA", "RGBA"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    return image.convert("L" if channels == 1 else "RGB")


def fitted(image, width, height, fit):
    w, h = image.size
    if fit == "stretch":
        return image.resize((width, height), Image.BILINEAR)
    if fit == "crop":
        scale = max(width / w, height / h)
        left, top = (w - width / scale) / 2, (h - height / scale) / 2
        box = (left, top, w - left, h - top)
        return image.resize((width, height), Image.BILINEAR, box=box)
    scale = min(width / w, height / h)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    canvas = Image.new(image.mode, (width, height), 255 if image.mode == "L" else (255,) * 3)
    part = image.resize(size, Image.BILINEAR)
    canvas.paste(part, ((width - size[0]) // 2, (height - size[1]) // 2))
    return canvas


CASES = [
    ("RGB", 23, 17, 8, 8), ("RGB", 23, 17, 23, 17), ("RGB", 7, 5, 16, 12), ("RGB", 64, 48, 9, 5),
    ("L", 100, 3, 10, 10), ("L", 1, 1, 4, 4), ("L", 37, 53, 1, 1), ("RGBA", 20, 14, 7, 9),
    ("LA", 9, 30, 6, 6), ("RGB", 9, 5, 4, 10), ("L", 201, 150, 14, 14),
]

for mode, w, h, width, height in CASES:
    for fit in ("stretch", "crop", "pad"):
        for channels in (1, 3):
            if width * height * channels > 500:
                continue
            image = fitted(flat(source(mode, w, h), channels), width, height, fit)
            print(mode, w, h, width, height, fit, channels, image.tobytes().hex(), sep="\t")
