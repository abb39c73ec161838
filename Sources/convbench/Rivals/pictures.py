"""Makes the pictures that programs are measured with.

    python pictures.py SAMPLE FOLDER COUNT [grown]

The sample is enlarged to 6000×4000 and gets noise about as strong as a camera's, so that it does not
compress like a plain enlargement; COUNT pictures of 640×480 are cut from it. `grown` adds pictures of
1 to 400 megapixels and folders of 1 to 10,000 files.
"""
import glob
import os
import shutil
import sys

import numpy
from PIL import Image

sample, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
small = os.path.join(folder, "small")
os.makedirs(small, exist_ok=True)
if not os.path.exists(os.path.join(folder, "photo.png")):
    large = Image.open(sample).convert("RGB").resize((6000, 4000), Image.LANCZOS)
    noise = numpy.random.default_rng(24).normal(0, 4, (4000, 6000, 3)).astype(numpy.float32)
    photo = numpy.clip(numpy.asarray(large) + noise, 0, 255).astype(numpy.uint8)
    picture = Image.fromarray(photo)
    picture.save(os.path.join(folder, "photo.jpg"), quality=90, subsampling="4:2:0")
    picture.save(os.path.join(folder, "photo.png"), compress_level=1)
    Image.fromarray(photo[:1, :1]).save(os.path.join(folder, "one.png"))
    with open(os.path.join(folder, "sharpen.mat"), "w") as matrix:
        matrix.write("3 3\n0 -1 0\n-1 5 -1\n0 -1 0\n")
if len(os.listdir(small)) != count:
    for name in os.listdir(small):
        os.remove(os.path.join(small, name))
    # The folders of links to them, made anew below.
    for links in glob.glob(os.path.join(folder, "small-*")):
        shutil.rmtree(links)
    photo = Image.open(os.path.join(folder, "photo.jpg"))
    for index in range(count):
        x, y = index * 97 % 5360, index * 61 % 3520
        cut = photo.crop((x, y, x + 640, y + 480))
        cut.save(os.path.join(small, f"{index:05}.jpg"), quality=90, subsampling="4:2:0")
if "grown" in sys.argv[4:]:
    Image.MAX_IMAGE_PIXELS = None
    photo = numpy.asarray(Image.open(os.path.join(folder, "photo.png")))
    sizes = {1: (1200, 833), 6: (3000, 2000), 24: (6000, 4000), 100: (12000, 8333),
             400: (24500, 16327)}
    for megapixels, (width, height) in sizes.items():
        path = os.path.join(folder, f"grown-{megapixels}.png")
        if not os.path.exists(path):
            # Every other copy mirrored: nothing repeats within the 32 KiB that deflate looks back.
            pair = numpy.concatenate([photo, photo[:, ::-1]], axis=1)
            tiles = (-(-height // 4000), -(-width // 12000), 1)
            tiled = numpy.tile(pair, tiles)[:height, :width]
            Image.fromarray(numpy.ascontiguousarray(tiled)).save(path, compress_level=1)
    for files in (1, 10, 100, 1000, 10_000):
        links = os.path.join(folder, f"small-{files}")
        os.makedirs(links, exist_ok=True)
        for index in range(len(os.listdir(links)), files):
            os.link(os.path.join(small, f"{index % count:05}.jpg"),
                    os.path.join(links, f"{index:05}.jpg"))
