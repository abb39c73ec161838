"""Makes airbench.safetensors and muon.safetensors with PyTorch (run: python make_recipe_goldens.py).

The optimisers are written down as in the recipes of cifar10-airbench: a summed loss, decays divided by
the rates of their groups, a whitening bias that is trained for a while only, slow weights every few
steps, Muon with its Newton-Schulz steps (in single precision here). The whitened filters are NumPy's.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS = (
    "conv 8 2x2 whitened gelu; conv 6 3x3 same nobias dirac; maxpool 2;"
    " batchnorm noscale momentum 0.4 epsilon 1e-12; gelu; conv 10 1x1 nobias; batchnorm;"
    " hardswish; maxpool 3; flatten; dense 5 nobias unit; scale 1/9"
)
BATCH, STEPS = 12, 6


def whitened(images, filters, eps=5e-4):
    """[filters, channels, 2, 2] from images [n, height, width, channels]."""
    n, h, w, c = images.shape
    patches = [
        images[i, y : y + 2, x : x + 2].transpose(2, 0, 1).reshape(-1)
        for i in range(n) for y in range(h - 1) for x in range(w - 1)
    ]
    patches = np.array(patches, dtype=np.float64)
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    rows = []
    for i in np.argsort(-values)[: filters // 2]:
        # The sign of an eigenvector is free: its largest element is above 0.
        v = vectors[:, i]
        rows.append(v * np.sign(v[np.argmax(np.abs(v))]) / np.sqrt(values[i] + eps))
    rows = np.array(rows).reshape(-1, c, 2, 2)
    return torch.tensor(np.concatenate([rows, -rows]), dtype=torch.float32)


def net(p, x, training, running):
    x = F.gelu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"]))
    x = F.max_pool2d(F.conv2d(x, p["conv2.weight"], padding=1), 2)
    x = F.batch_norm(x, *running[0], None, p["batchnorm1.bias"], training, 0.4, 1e-12)
    x = F.conv2d(F.gelu(x), p["conv3.weight"])
    x = F.batch_norm(
        x, *running[1], p["batchnorm2.weight"], p["batchnorm2.bias"], training, 0.1, 1e-5)
    x = F.max_pool2d(F.hardswish(x), 3)
    return F.linear(x.flatten(1), p["dense1.weight"]) / 9


def newton_schulz(g, steps=3, eps=1e-7):
    a, b, c = (3.4445, -4.7750, 2.0315)
    x = g / (g.norm() + eps)
    if g.size(0) > g.size(1):
        x = x.T
    for _ in range(steps):
        A = x @ x.T
        B = b * A + c * A @ A
        x = a * x + B @ x
    return x.T if g.size(0) > g.size(1) else x


def make(name):
    torch.manual_seed(94)
    images = torch.randn(BATCH, 7, 8, 2).cumsum(1) * 0.5
    images = images[:, :, :7].contiguous()
    labels = torch.randint(0, 5, (BATCH,))
    x = images.permute(0, 3, 1, 2)
    p = {
        "conv1.weight": whitened(images.numpy(), 8),
        "conv1.bias": torch.randn(8) * 0.1,
        "conv2.weight": torch.randn(6, 8, 3, 3) * 0.2,
        "batchnorm1.bias": torch.randn(6) * 0.1,
        "conv3.weight": torch.randn(10, 6, 1, 1) * 0.5,
        "batchnorm2.weight": torch.rand(10) + 0.5,
        "batchnorm2.bias": torch.randn(10) * 0.1,
        "dense1.weight": torch.randn(5, 10),
    }
    running = [[torch.zeros(6), torch.ones(6)], [torch.zeros(10), torch.ones(10)]]
    state = {
        f"batchnorm{i + 1}.running_{n}": t
        for i, pair in enumerate(running) for n, t in zip(("mean", "var"), pair)
    }
    tensors = {n: t.clone() for n, t in {**p, **state}.items()}
    tensors["whitened"] = p["conv1.weight"].clone()
    tensors["test.images"], tensors["test.labels"] = images, labels.float()
    trained = [n for n in p if n != "conv1.weight"]
    for n in trained:
        p[n].requires_grad_()
    norms = [p[n] for n in trained if "batchnorm" in n]
    if name == "airbench":
        lr, wd, bias = 0.02, 0.001, 4.0
        optimizers = [torch.optim.SGD(
            [dict(params=[p["conv1.bias"]], lr=lr, weight_decay=wd / lr),
             dict(params=norms, lr=lr * bias, weight_decay=wd / (lr * bias)),
             dict(params=[p[n] for n in trained if n.endswith("weight") and "norm" not in n],
                  lr=lr, weight_decay=wd / lr)],
            momentum=0.85, nesterov=True)]
    else:
        wd, bias, head = 2e-4, 0.01, 0.05
        optimizers = [torch.optim.SGD(
            [dict(params=[p["conv1.bias"]], lr=bias, weight_decay=wd / bias),
             dict(params=norms, lr=bias, weight_decay=wd / bias),
             dict(params=[p["dense1.weight"]], lr=head, weight_decay=wd / head)],
            momentum=0.85, nesterov=True)]
        kernels = [p["conv2.weight"], p["conv3.weight"]]
        buffers = [torch.zeros_like(k) for k in kernels]
    rates = [[g["lr"] for g in o.param_groups] for o in optimizers]
    slow = {n: t.detach().clone() for n, t in {**p, **state}.items()}
    for step in range(STEPS):
        fall = 1 - step / STEPS
        if name == "muon":
            for i, group in enumerate(optimizers[0].param_groups):
                group["lr"] = rates[0][i] * (1 - step / 2 if i == 0 else fall)
        p["conv1.bias"].requires_grad_(step < 2)
        for o in optimizers:
            o.zero_grad(set_to_none=True)
        if name == "muon":
            for k in kernels:
                k.grad = None
        logits = net(p, x, True, running)
        F.cross_entropy(logits, labels, label_smoothing=0.2, reduction="sum").backward()
        if step == 0:
            loss = F.cross_entropy(logits, labels, label_smoothing=0.2)
            tensors["test.loss"] = loss.detach().reshape(1)
            for n in trained:
                tensors["gradient." + n] = p[n].grad / BATCH
        for o in optimizers:
            o.step()
        if name == "muon":
            for k, b in zip(kernels, buffers):
                b.mul_(0.6).add_(k.grad)
                update = k.grad.add(b, alpha=0.6)
                with torch.no_grad():
                    k.mul_(len(k) ** 0.5 / k.norm())
                    k.add_(newton_schulz(update.reshape(len(k), -1)).view(k.shape), alpha=-0.24 * fall)
        elif (step + 1) % 2 == 0 or step + 1 == STEPS:
            share = 1.0 if step + 1 == STEPS else 0.95**2 * ((step + 1) / STEPS) ** 3
            with torch.no_grad():
                for n, t in {**p, **state}.items():
                    slow[n].lerp_(t, 1 - share)
                    t.copy_(slow[n])
    for n, t in {**p, **state}.items():
        tensors["after." + n] = t.detach().clone()
    tensors["test.inference"] = net(p, x, False, running).detach()
    metadata = {
        "layers": LAYERS, "input": "7x7x2", "optimizer": name, "smoothing": "0.2",
        "class_weights": "", "clip": "",
    }
    tensors = {n: t.detach().contiguous().float() for n, t in tensors.items()}
    save_file(tensors, os.path.join(HERE, name + ".safetensors"), metadata)


make("airbench")
make("muon")
