"""Makes swa.safetensors with PyTorch (run: python make_swa.py).

Five epochs of three batches (the last one smaller) in the order of the examples; from the third epoch on
torch.optim.swa_utils averages the weights, and update_bn measures the statistics of the average.
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS = (
    "conv 6 3x3 same nobias; batchnorm; relu; maxpool 2; flatten; dense 8; batchnorm momentum 0.3;"
    " relu; dense 4"
)

torch.manual_seed(11)
images = torch.randn(20, 6, 6, 2).cumsum(1) * 0.5
labels = torch.randint(0, 4, (20,))
net = nn.Sequential(
    nn.Conv2d(2, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(54, 8), nn.BatchNorm1d(8, momentum=0.3), nn.ReLU(), nn.Linear(8, 4))
names = {"0": "conv1", "1": "batchnorm1", "5": "dense1", "6": "batchnorm2", "8": "dense2"}


def state(model):
    tensors = {}
    for name, tensor in model.state_dict().items():
        place, suffix = name.removeprefix("module.").split(".") if "." in name else ("", name)
        if suffix not in ("num_batches_tracked", "n_averaged"):
            tensors[f"{names[place]}.{suffix}"] = tensor.detach().clone().contiguous()
    return tensors


tensors = state(net)
x = images.permute(0, 3, 1, 2)
batches = [(x[i : i + 8], labels[i : i + 8]) for i in range(0, 20, 8)]
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=True)
average = AveragedModel(net)
for epoch in range(1, 6):
    net.train()
    for batch, truth in batches:
        optimizer.zero_grad()
        F.cross_entropy(net(batch), truth).backward()
        optimizer.step()
    if epoch >= 3:
        average.update_parameters(net)
update_bn([batch for batch, _ in batches], average)
tensors.update({"after." + name: tensor for name, tensor in state(average).items()})
average.eval()
tensors["test.inference"] = average(x).detach().contiguous()
tensors["test.images"], tensors["test.labels"] = images.contiguous(), labels.float()
metadata = {"layers": LAYERS, "input": "6x6x2", "smoothing": "0", "class_weights": "", "clip": ""}
save_file(tensors, os.path.join(HERE, "swa.safetensors"), metadata)
