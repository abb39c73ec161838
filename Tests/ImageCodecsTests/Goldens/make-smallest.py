"""Measures how small oxipng makes pictures of this tree: smallest.tsv.

    pip install pyoxipng==9.1.1 pillow && python make-smallest.py

Each picture is written without metadata first; the numbers are the bytes that `oxipng -o 4` makes of it. Smallest/text.png
is made here: letters that come again farther away than a few rows.
"""
import io
import os

import oxipng
from PIL import Image, ImageDraw, ImageFont

here = os.path.dirname(os.path.abspath(__file__))
tree = os.path.join(here, "..", "..", "..")
text = Image.new("L", (800, 500), "white")
draw, font = ImageDraw.Draw(text), ImageFont.load_default(14)
words = "every picture that people have and all that travels with them is filtered row by row as it comes".split()
for line in range(28):
    draw.text((9, 9 + 17 * line), " ".join(words[(5 * line + i * (line + 3)) % len(words)] for i in range(17)), fill=20, font=font)
text.save(os.path.join(here, "Smallest", "text.png"), optimize=True)

names = [
    "docs/images/digits-confusion.png", "docs/images/digits-conv2.png",
    "docs/images/digits-curves.png", "docs/images/digit.png", "docs/images/chelsea-gaussian.png",
    "docs/images/chelsea-sobel.png", "SampleImages/camera.png", "SampleImages/chelsea.png",
    "SampleImages/coffee.png", "Tests/ImageCodecsTests/Goldens/Smallest/text.png",
]
lines = ["picture\tbytes"]
for name in names:
    plain = io.BytesIO()
    picture = Image.open(os.path.join(tree, name))
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(plain, "png")
    smallest = oxipng.optimize_from_memory(plain.getvalue(), level=4)
    lines.append(f"{name}\t{len(smallest)}")
with open(os.path.join(here, "smallest.tsv"), "w") as file:
    file.write("\n".join(lines) + "\n")
