"""Goldens of changes to training images: torchvision's, in single precision, and PyTorch's grid_sample.

    python3 augment.py > augment.tsv      (made with torchvision 0.29, PyTorch 2.15)

A line holds: change, its numbers, and the levels of the result (height, width, channel). The image of
9x7 pixels is a formula, as in resize.py.
"""

import torch
import torch.nn.functional as nn
import torchvision.transforms.functional as tv
from torchvision.transforms import InterpolationMode

WIDTH, HEIGHT = 9, 7


def source(channels=3):
    levels = [
        (x * x * 7 + y * 31 + c * 85 + (x * y) % 13 * 19) % 256
        for y in range(HEIGHT)
        for x in range(WIDTH)
        for c in range(channels)
    ]
    return torch.tensor(levels).reshape(HEIGHT, WIDTH, channels).permute(2, 0, 1).float() / 255


def show(name, numbers, image):
    levels = (image * 255).permute(1, 2, 0).flatten().tolist()
    print(name, " ".join(map(str, numbers)), " ".join(f"{v:.3f}" for v in levels), sep="\t")


def view(box, size, padding):
    """A part with real corners, brought to a size: (top, left, height, width) to (height, width)."""
    top, left, high, wide = box
    x = left + (torch.arange(size[1]).double() + 0.5) * wide / size[1] - 0.5
    y = top + (torch.arange(size[0]).double() + 0.5) * high / size[0] - 0.5
    x, y = 2 * x / (WIDTH - 1) - 1, 2 * y / (HEIGHT - 1) - 1
    grid = torch.stack(torch.broadcast_tensors(x[None, :], y[:, None]), -1)[None]
    image = source().double()[None]
    return nn.grid_sample(image, grid, "bilinear", padding, align_corners=True)[0]


for factor in (0.4, 1.7):
    show("brightness", [factor], tv.adjust_brightness(source(), factor))
    show("contrast", [factor], tv.adjust_contrast(source(), factor))
    show("saturation", [factor], tv.adjust_saturation(source(), factor))
for turn in (-0.4, 0.15, 0.5):
    show("hue", [turn], tv.adjust_hue(source(), turn))
for degrees in (20, -75):
    show("rotate", [degrees], tv.rotate(source(), degrees, InterpolationMode.BILINEAR))
for scale in (0.75, 1.5):
    moved = tv.affine(source(), 0, [0, 0], scale, [0, 0], InterpolationMode.BILINEAR)
    show("zoom", [scale], moved)
for box, size in (((1.25, 0.5, 3.5, 4.75), (5, 6)), ((-2, -3.5, 11, 14), (6, 8))):
    for padding, name in (("zeros", "zero"), ("reflection", "reflect")):
        show(f"view-{name}", [*box, *size], view(box, size, padding))
