"""Makes droppath.safetensors with torchvision's stochastic depth (run: python make_droppath.py).

For every example by itself: outputs and gradients where its path was kept, and where it was dropped.
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torchvision.ops import stochastic_depth

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS = "conv 3 3x3 same tanh; residual { conv 3 1x1 nobias; droppath 0.4 } relu; flatten; dense 2"
BATCH, CLASSES = 8, 2

torch.manual_seed(16)
weights = {
    "conv1.weight": torch.randn(3, 2, 3, 3) * 0.5, "conv1.bias": torch.randn(3),
    "conv2.weight": torch.randn(3, 3, 1, 1), "dense1.weight": torch.randn(CLASSES, 3 * 5 * 4) * 0.1,
    "dense1.bias": torch.randn(CLASSES),
}
images, labels = torch.randn(BATCH, 2, 5, 4), torch.randint(0, CLASSES, (BATCH,))
tensors = {name: w.clone() for name, w in weights.items()}
for w in weights.values():
    w.requires_grad_()


def outputs(image):
    x = torch.tanh(F.conv2d(image, weights["conv1.weight"], weights["conv1.bias"], padding=1))
    path = stochastic_depth(F.conv2d(x, weights["conv2.weight"]), 0.4, "row")
    isKept = bool(path.abs().sum() > 0)
    x = F.relu(x + path)
    return F.linear(x.flatten(1), weights["dense1.weight"], weights["dense1.bias"]), isKept


for example in range(BATCH):
    found = {}
    while len(found) < 2:
        for w in weights.values():
            w.grad = None
        logits, isKept = outputs(images[example : example + 1])
        loss = F.cross_entropy(logits, labels[example : example + 1])
        loss.backward()
        found[isKept] = (loss, {name: w.grad.clone() for name, w in weights.items()})
    for isKept, (loss, gradients) in found.items():
        prefix = f"{'kept' if isKept else 'dropped'}{example}."
        tensors[prefix + "loss"] = loss.detach().reshape(1)
        for name, gradient in gradients.items():
            tensors[prefix + name] = gradient
tensors["test.images"], tensors["test.labels"] = images.permute(0, 2, 3, 1), labels.float()
metadata = {
    "layers": LAYERS, "input": "5x4x2", "optimizer": "", "smoothing": "0", "class_weights": "",
    "clip": "",
}
tensors = {n: t.detach().contiguous().float() for n, t in tensors.items()}
save_file(tensors, os.path.join(HERE, "droppath.safetensors"), metadata)
