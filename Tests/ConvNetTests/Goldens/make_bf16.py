"""Makes bf16.safetensors with PyTorch (run: python make_bf16.py).

Loss, gradients and three steps of a small network whose products have operands rounded to bfloat16 and
sums of single precision, forwards and backwards; everything else is of single precision. For comparison
the loss and the gradients under torch.autocast, which rounds what layers give as well.
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS = (
    "conv 6 3x3 same; batchnorm; relu; conv 7 3x3 pad 1 stride 2 nobias; batchnorm; relu;"
    " conv 10 1x1 relu; conv 9 2x2 dilation 2; globalavgpool; dense 13 relu; dense 5"
)
BATCH = 6


def rounded(t):
    return t.bfloat16().float()


class Product(torch.autograd.Function):
    """A bilinear operation with rounded operands, and its gradients with rounded operands."""

    @staticmethod
    def forward(ctx, operation, x, w):
        ctx.save_for_backward(x, w)
        ctx.operation = operation
        return operation(rounded(x), rounded(w))

    @staticmethod
    def backward(ctx, g):
        x, w = (rounded(t).detach().requires_grad_() for t in ctx.saved_tensors)
        with torch.enable_grad():
            y = ctx.operation(x, w)
        return (None, *torch.autograd.grad(y, (x, w), rounded(g)))


def net(p, x, running, product):
    def conv(name, x, **options):
        y = product(lambda x, w: F.conv2d(x, w, **options), x, p[name + ".weight"])
        return y + p[name + ".bias"].view(1, -1, 1, 1) if name + ".bias" in p else y

    def norm(number, x):
        name = f"batchnorm{number}"
        return F.batch_norm(
            x, *running[number - 1], p[name + ".weight"], p[name + ".bias"], True, 0.1, 1e-5)

    def dense(name, x):
        return product(F.linear, x, p[name + ".weight"]) + p[name + ".bias"]

    x = F.relu(norm(1, conv("conv1", x, padding=1)))
    x = F.relu(norm(2, conv("conv2", x, padding=1, stride=2)))
    x = conv("conv4", F.relu(conv("conv3", x)), dilation=2)
    return dense("dense2", F.relu(dense("dense1", x.mean((2, 3)))))


def main():
    torch.manual_seed(16)
    torch.use_deterministic_algorithms(True)
    images = torch.randn(BATCH, 9, 9, 3)
    labels = torch.randint(0, 5, (BATCH,))
    x = images.permute(0, 3, 1, 2)
    shapes = {
        "conv1": (6, 3, 3, 3), "conv2": (7, 6, 3, 3), "conv3": (10, 7, 1, 1), "conv4": (9, 10, 2, 2),
        "dense1": (13, 9), "dense2": (5, 13),
    }
    p = {}
    for name, shape in shapes.items():
        fan = torch.tensor(shape[1:]).prod()
        p[name + ".weight"] = torch.randn(shape) * (2 / fan) ** 0.5
        if name != "conv2":
            p[name + ".bias"] = torch.randn(shape[0]) * 0.1
    for number, channels in ((1, 6), (2, 7)):
        p[f"batchnorm{number}.weight"] = torch.rand(channels) + 0.5
        p[f"batchnorm{number}.bias"] = torch.randn(channels) * 0.1
    running = [[torch.zeros(6), torch.ones(6)], [torch.zeros(7), torch.ones(7)]]
    state = {
        f"batchnorm{i + 1}.running_{n}": t
        for i, pair in enumerate(running) for n, t in zip(("mean", "var"), pair)
    }
    tensors = {n: t.clone() for n, t in {**p, **state}.items()}
    tensors["test.images"], tensors["test.labels"] = images, labels.float()
    for t in p.values():
        t.requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        logits = net(p, x, [[t.clone() for t in r] for r in running], lambda f, x, w: f(x, w))
        loss = F.cross_entropy(logits.float(), labels)
    loss.backward()
    tensors["autocast.loss"] = loss.detach().reshape(1)
    for n, t in p.items():
        tensors["autocast." + n] = t.grad.clone()
    optimizer = torch.optim.SGD(p.values(), lr=0.05, momentum=0.9, nesterov=True)
    for step in range(3):
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(p, x, running, Product.apply), labels)
        loss.backward()
        if step == 0:
            tensors["test.loss"] = loss.detach().reshape(1)
            for n, t in p.items():
                tensors["gradient." + n] = t.grad.clone()
        optimizer.step()
    for n, t in {**p, **state}.items():
        tensors["after." + n] = t.detach().clone()
    metadata = {
        "layers": LAYERS, "input": "9x9x3", "optimizer": "sgd", "smoothing": "0",
        "class_weights": "", "clip": "",
    }
    tensors = {n: t.detach().contiguous().float() for n, t in tensors.items()}
    save_file(tensors, os.path.join(HERE, "bf16.safetensors"), metadata)


main()
