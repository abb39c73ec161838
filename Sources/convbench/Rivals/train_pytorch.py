"""Trains one of the benchmark's models with PyTorch; prints the seconds of each epoch as JSON.

Both memory formats are tried by the caller; the batches are cut from tensors in memory, so that no
time goes into loading.
"""

import argparse
import json
import time

import torch
from torch import nn

import image_sets


def model_named(name):
    if name == "mnist-conv":
        layers = [nn.Conv2d(1, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(43264, 32)]
        last = 32
    elif name == "cifar-pool":
        layers = [nn.Conv2d(3, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(14400, 32)]
        last = 32
    elif name == "cifar-deep":
        layers = [
            nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(4096, 128),
        ]
        last = 128
    else:
        raise SystemExit(f"unknown model {name}")
    return nn.Sequential(*layers, nn.ReLU(), nn.Linear(last, 10))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--data", required=True)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    images, labels = image_sets.load(options.model, options.data, options.examples)
    images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    labels = torch.from_numpy(labels)
    model = model_named(options.model).to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss_of = nn.CrossEntropyLoss()
    seconds = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        order = torch.randperm(len(labels))
        total = 0.0
        for batch in order.split(128):
            x = images[batch].contiguous(memory_format=layout)
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(x), labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "program": f"PyTorch {torch.__version__}", "seconds": seconds,
        "parameters": sum(p.numel() for p in model.parameters()), "loss": total / len(labels),
    }))


main()
