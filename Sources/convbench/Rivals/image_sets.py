"""The data of the training benchmark, from the folders that convfilter reads too."""

import gzip
import os

import numpy as np


def _find(folder, names):
    for place in (folder, os.path.join(folder, "mnist"), os.path.join(folder, "cifar-10-batches-bin")):
        for name in names:
            path = os.path.join(place, name)
            if os.path.exists(path):
                return path
    raise SystemExit(f"{folder}: none of {', '.join(names)} is there")


def _bytes(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def _mnist(folder):
    def read(name, header):
        data = _bytes(_find(folder, [name, name + ".gz"]))
        return np.frombuffer(data, np.uint8, offset=header)

    images = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)
    return images, read("train-labels-idx1-ubyte", 8)


def _cifar10(folder):
    rows = [_bytes(_find(folder, [f"data_batch_{i}.bin"])) for i in range(1, 6)]
    data = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 3073)
    return data[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), data[:, 0]


def load(model, folder, examples):
    """Images as float32 NHWC, normalised; labels as int64."""
    images, labels = _mnist(folder) if model.startswith("mnist") else _cifar10(folder)
    images = np.ascontiguousarray(images[:examples], np.float32) / 255
    axes = (0, 1, 2)
    images = (images - images.mean(axes)) / images.std(axes)
    return images, labels[:examples].astype(np.int64)
