"""Makes the golden files of this folder with PyTorch (run: python make_goldens.py [NAME...]).

Each file is a small network in the description language with weights, a batch, and what PyTorch
makes of them: logits and loss while training, the gradient of every tensor, the weights after three
steps of an optimiser, running statistics, and logits for inference. The parser below is independent
of the program's.
"""

import os
import re
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))

ACTIVATIONS = {
    "relu": lambda x: F.relu(x),
    "gelu": lambda x: F.gelu(x),
    "silu": lambda x: F.silu(x),
    "sigmoid": lambda x: torch.sigmoid(x),
    "tanh": lambda x: torch.tanh(x),
    "leakyrelu": lambda x: F.leaky_relu(x, 0.01),
    "hardsigmoid": lambda x: F.hardsigmoid(x),
}


def same(length, span, stride):
    total = max(0, (-(-length // stride) - 1) * stride + span - length)
    return total // 2, total - total // 2


class Net(nn.Module):
    """A network of the description language on NCHW tensors."""

    def __init__(self, text, shape, names=None):
        super().__init__()
        self.names = {} if names is None else names
        self.plan = []
        height, width, channels = shape
        x = torch.zeros(2, channels, height, width)
        for line in self.lines(text):
            x = self.add(line, x)
        self.out = x

    @staticmethod
    def lines(text):
        depth, line, lines = 0, "", []
        for c in text.replace("\n", ";"):
            depth += {"{": 1, "}": -1}.get(c, 0)
            if c == ";" and depth == 0:
                lines.append(line.strip())
                line = ""
            else:
                line += c
        return [l for l in lines + [line.strip()] if l]

    def name(self, kind):
        self.names[kind] = self.names.get(kind, 0) + 1
        return f"{kind}{self.names[kind]}"

    def step(self, f, x):
        self.plan.append(f)
        return f(x)

    def add(self, line, x):
        words = line.split()
        kind = words[0]
        if kind == "residual":
            return self.residual(line, x)
        if kind == "gate":
            return self.gate(line, x)
        if kind in ACTIVATIONS:
            return self.step(ACTIVATIONS[kind], x)
        if kind == "flatten":
            return self.step(lambda x: x.flatten(1), x)
        if kind == "dense":
            layer = nn.Linear(x.shape[1], int(words[1]), bias="nobias" not in words)
            self.add_module(self.name("dense"), layer)
            x = self.step(layer, x)
        elif kind == "batchnorm":
            layer = (nn.BatchNorm1d if x.dim() == 2 else nn.BatchNorm2d)(x.shape[1])
            self.add_module(self.name("batchnorm"), layer)
            x = self.step(layer, x)
        elif kind == "globalavgpool":
            x = self.step(lambda x: x.mean((2, 3)), x)
        elif kind == "globalmaxpool":
            x = self.step(lambda x: x.amax((2, 3)), x)
        else:
            x = self.windowed(kind, words, x)
        if words[-1] in ACTIVATIONS:
            x = self.step(ACTIVATIONS[words[-1]], x)
        return x

    def windowed(self, kind, words, x):
        def pair(word):
            parts = [int(p) for p in word.split("x")]
            return parts[0], parts[-1]

        options = words[3:] if kind == "conv" else words[2:]
        size = pair(words[2] if kind == "conv" else words[1])
        stride = (1, 1) if kind == "conv" else size
        dilation, pad = (1, 1), None
        for i, word in enumerate(options):
            if word == "stride":
                stride = pair(options[i + 1])
            if word == "dilation":
                dilation = pair(options[i + 1])
            if word == "pad":
                p = [int(v) for v in options[i + 1].split(",")]
                pad = tuple(p * 4 if len(p) == 1 else p)
        span = [d * (s - 1) + 1 for d, s in zip(dilation, size)]
        if "same" in options:
            top, bottom = same(x.shape[2], span[0], stride[0])
            left, right = same(x.shape[3], span[1], stride[1])
            pad = (top, left, bottom, right)
        pad = pad or (0, 0, 0, 0)
        edges = (pad[1], pad[3], pad[0], pad[2])
        if kind == "conv":
            layer = nn.Conv2d(
                x.shape[1], int(words[1]), size, stride, dilation=dilation, bias="nobias" not in words
            )
            self.add_module(self.name("conv"), layer)
            return self.step(lambda x: layer(F.pad(x, edges)), x)
        if kind == "maxpool":
            f = lambda x: F.max_pool2d(F.pad(x, edges, value=float("-inf")), size, stride)
        elif kind == "minpool":
            f = lambda x: -F.max_pool2d(F.pad(-x, edges, value=float("-inf")), size, stride)
        else:

            def f(x):
                count = F.avg_pool2d(F.pad(torch.ones_like(x), edges), size, stride)
                return F.avg_pool2d(F.pad(x, edges), size, stride) / count

        return self.step(f, x)

    def residual(self, line, x):
        match = re.fullmatch(r"residual \{(.*?)\}(?: shortcut \{(.*?)\})?(?: (\w+))?", line)
        self.name("residual")
        shape = (x.shape[2], x.shape[3], x.shape[1])
        body = Net(match[1], shape, self.names)
        shortcut = Net(match[2] or "", shape, self.names)
        for chain in (body, shortcut):
            for name, layer in chain.named_children():
                self.add_module(name, layer)
        x = self.step(lambda x: body(x) + shortcut(x), x)
        return self.step(ACTIVATIONS[match[3]], x) if match[3] else x

    def gate(self, line, x):
        self.name("gate")
        body = Net(line[len("gate {"):-1], (x.shape[2], x.shape[3], x.shape[1]), self.names)
        for name, layer in body.named_children():
            self.add_module(name, layer)

        def weigh(x):
            factors = body(x)
            return x * (factors if factors.dim() == 4 else factors[:, :, None, None])

        return self.step(weigh, x)

    def forward(self, x):
        for f in self.plan:
            x = f(x)
        return x


def decays(name):
    return name.endswith("weight") and "batchnorm" not in name


def make(file, text, shape, classes, optimizer, smoothing=0.0, class_weights=None, batch=6, clip=None):
    if sys.argv[1:] and file.split(".")[0] not in sys.argv[1:]:
        return
    torch.manual_seed(len(text) * 1000 + classes)
    net = Net(text, shape)
    with torch.no_grad():
        for name, p in net.named_parameters():
            if "batchnorm" in name:
                p.copy_(torch.rand_like(p) + 0.5)
    images = torch.randn(batch, shape[2], shape[0], shape[1])
    labels = torch.randint(0, classes, (batch,))
    weight = torch.tensor(class_weights) if class_weights else None
    loss_of = nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)
    tensors = {n: p.detach().clone() for n, p in net.state_dict().items() if "num_batches" not in n}
    tensors["test.images"] = images.permute(0, 2, 3, 1)
    tensors["test.labels"] = labels.float()
    groups = [
        {"params": [p for n, p in net.named_parameters() if decays(n)], "weight_decay": 0.1},
        {"params": [p for n, p in net.named_parameters() if not decays(n)], "weight_decay": 0.0},
    ]
    step = {
        "sgd": lambda: torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True),
        "momentum": lambda: torch.optim.SGD(groups, lr=0.05, momentum=0.8),
        "adam": lambda: torch.optim.Adam(groups, lr=0.01),
        "adamw": lambda: torch.optim.AdamW(groups, lr=0.01),
    }[optimizer]()
    for index in range(3):
        step.zero_grad()
        logits = net(images)
        loss = loss_of(logits, labels)
        loss.backward()
        if index == 0:
            tensors["test.logits"] = logits.detach()
            tensors["test.loss"] = loss.detach().reshape(1)
            for name, p in net.named_parameters():
                tensors["gradient." + name] = p.grad.clone()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        step.step()
    for name, p in net.state_dict().items():
        if "num_batches" not in name:
            tensors["after." + name] = p.detach().clone()
    net.eval()
    tensors["test.inference"] = net(images).detach()
    metadata = {
        "layers": text,
        "input": "x".join(map(str, shape)),
        "optimizer": optimizer,
        "smoothing": str(smoothing),
        "class_weights": " ".join(map(str, class_weights or [])),
        "clip": str(clip or ""),
    }
    tensors = {n: t.contiguous().float() for n, t in tensors.items()}
    save_file(tensors, os.path.join(HERE, file), metadata)


make("lecture.safetensors", "conv 6 3x3 relu; maxpool 2; flatten; dense 8 relu; dense 5",
     (9, 9, 3), 5, "adamw")
make("deeper.safetensors",
     "conv 5 3x3 same relu; maxpool 2; conv 6 3x3 same relu; maxpool 2; flatten; dense 7 relu; dense 4",
     (8, 9, 3), 4, "adam", smoothing=0.1)
make("windows.safetensors",
     "conv 4 5x3 stride 2x1 pad 2,1,0,1 tanh; conv 5 3x3 dilation 2 same nobias silu;"
     " avgpool 3 stride 2 same; conv 3 2x2 same sigmoid; minpool 2x1 pad 1,0,0,0; flatten; dense 3",
     (11, 10, 2), 3, "sgd", class_weights=[0.5, 2.0, 1.0])
make("norm.safetensors",
     "conv 4 3x3 same nobias; batchnorm; gelu; maxpool 3 stride 2 pad 1; flatten; batchnorm;"
     " dense 6 leakyrelu; dense 3",
     (7, 6, 1), 3, "momentum", smoothing=0.2, class_weights=[1.0, 3.0, 0.25], clip=0.5)
make("residual.safetensors",
     "conv 4 3x3 same relu; residual { conv 4 3x3 same nobias; batchnorm; relu; conv 4 3x3 same } relu;"
     " residual { conv 6 3x3 stride 2 same relu; conv 6 3x3 same } shortcut { conv 6 1x1 stride 2 };"
     " globalavgpool; dense 4",
     (8, 8, 2), 4, "adamw")
make("gate.safetensors",
     "conv 4 3x3 same relu; gate { globalavgpool; dense 2 relu; dense 4 sigmoid };"
     " residual { conv 4 3x3 same nobias; batchnorm; gate { globalmaxpool; dense 3 silu; dense 4 hardsigmoid } } relu;"
     " gate { conv 4 3x3 same; tanh }; gate { avgpool 6x5; conv 4 1x1 sigmoid }; globalavgpool; dense 3",
     (6, 5, 2), 3, "adamw")
make("plain.safetensors", "flatten; dense 6; relu; dense 3", (3, 4, 2), 3, "sgd")
