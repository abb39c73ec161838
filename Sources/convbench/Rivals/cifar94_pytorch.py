"""The recipe of the preset cifar-94 in PyTorch, on the files that convfilter trains on.

    python cifar94_pytorch.py --data FOLDER [--seed 1] [--precision bf16] [--steps N]

FOLDER holds data_batch_1.bin ... test_batch.bin, or train/CLASS/*.jpg and test/CLASS/*.jpg (needs Pillow).
Prints a line an epoch (loss and accuracy of its last batch, accuracy on the test images, seconds), then one of
JSON: accuracy of one view and of six, seconds of the training, largest resident set in MiB. Beside it:

    convfilter train FOLDER --model cifar-94 --seed 1

The network of airbench94 (K. Jordan, arXiv:2404.00498) with Muon: batches of 2000, 8 epochs, single precision
or forwards and backwards autocast to bf16 (beside `--precision bf16` of convfilter). The loss is summed over a
batch; decays are divided by the rates of their groups.
"""

import argparse
import json
import os
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH, EPOCHS, WHITENED_EPOCHS = 2000, 8, 3
BIAS_RATE, HEAD_RATE, MUON_RATE, MUON_MOMENTUM = 0.053, 0.67, 0.24, 0.6
DECAY = 2e-6 * BATCH


def load(folder):
    """(images [n, 3, 32, 32] of levels, labels) for training and for the test."""
    if not os.path.isdir(os.path.join(folder, "train")):
        def read(names):
            rows = [np.fromfile(os.path.join(folder, name), np.uint8) for name in names]
            data = np.concatenate(rows).reshape(-1, 3073)
            return data[:, 1:].reshape(-1, 3, 32, 32), data[:, 0]
        parts = [read([f"data_batch_{i}.bin" for i in range(1, 6)]), read(["test_batch.bin"])]
    else:
        from PIL import Image

        def read(place):
            images, labels = [], []
            for label, name in enumerate(sorted(os.listdir(place))):
                for file in sorted(os.listdir(os.path.join(place, name))):
                    images.append(np.asarray(Image.open(os.path.join(place, name, file)).convert("RGB")))
                    labels.append(label)
            return np.stack(images).transpose(0, 3, 1, 2), np.array(labels)
        parts = [read(os.path.join(folder, part)) for part in ("train", "test")]
    return [(torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(y.astype(np.int64)))
            for x, y in parts]


class Norm(nn.BatchNorm2d):
    def __init__(self, channels):
        super().__init__(channels, eps=1e-12, momentum=0.4)
        self.weight.requires_grad = False


def convolution(channels, filters):
    layer = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
    nn.init.dirac_(layer.weight.data[:channels])
    return layer


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.whitened = nn.Conv2d(3, 24, 2)
        self.whitened.weight.requires_grad = False
        self.whitened.bias.data.zero_()
        layers, channels = [nn.GELU()], 24
        for filters in (64, 256, 256):
            layers += [convolution(channels, filters), nn.MaxPool2d(2), Norm(filters), nn.GELU(),
                       convolution(filters, filters), Norm(filters), nn.GELU()]
            channels = filters
        self.layers = nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten())
        self.head = nn.Linear(256, 10, bias=False)
        self.head.weight.data /= self.head.weight.data.std()

    def whiten(self, images):
        """Eigenvectors of the patches' second moments, each over the root of its value, and their negatives."""
        patches = images.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
        values, vectors = torch.linalg.eigh(patches.double().T @ patches.double() / len(patches))
        rows = (vectors / torch.sqrt(values + 5e-4)).T.float().flip(0).reshape(-1, 3, 2, 2)
        self.whitened.weight.data[:] = torch.cat((rows, -rows))

    def forward(self, x, trainsBias=True):
        bias = self.whitened.bias if trainsBias else self.whitened.bias.detach()
        return self.head(self.layers(F.conv2d(x, self.whitened.weight, bias))) / 256


def orthogonal(update):
    x = update / (update.norm() + 1e-7)
    isTall = x.size(0) > x.size(1)
    x = x.T if isTall else x
    for _ in range(3):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.T if isTall else x


class Muon:
    def __init__(self, kernels):
        self.kernels = [(k, torch.zeros_like(k)) for k in kernels]

    @torch.no_grad()
    def step(self, rate):
        for kernel, velocity in self.kernels:
            velocity.mul_(MUON_MOMENTUM).add_(kernel.grad)
            update = kernel.grad.add(velocity, alpha=MUON_MOMENTUM)
            kernel.mul_(len(kernel) ** 0.5 / kernel.norm())
            kernel.add_(orthogonal(update.reshape(len(kernel), -1)).view(kernel.shape), alpha=-rate)
            kernel.grad = None


def epoch_images(padded, epoch, generator):
    """A random part of 32x32 of every padded image, mirrored in odd epochs."""
    places = torch.randint(0, 5, (len(padded), 2), generator=generator)
    images = torch.empty(len(padded), 3, 32, 32)
    for y in range(5):
        for x in range(5):
            chosen = (places[:, 0] == y) & (places[:, 1] == x)
            images[chosen] = padded[chosen, :, y:y + 32, x:x + 32]
    return images.flip(-1) if epoch % 2 else images


@torch.inference_mode()
def accuracy(network, images, labels, views):
    def both(x):
        return (network(x) + network(x.flip(-1))) / 2

    network.eval()
    right = 0
    for x, y in zip(images.split(500), labels.split(500)):
        x = x.contiguous(memory_format=torch.channels_last)
        if views == 1:
            outputs = network(x)
        else:
            padded = F.pad(x, (1,) * 4, "reflect")
            moved = both(padded[:, :, :32, :32]) + both(padded[:, :, 2:, 2:])
            outputs = both(x) / 2 + moved / 4
        right += int((outputs.argmax(1) == y).sum())
    return right / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    parser.add_argument("--steps", type=int, help="end after so many steps")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    generator = torch.Generator().manual_seed(options.seed)
    (images, labels), (test, testLabels) = load(options.data)
    mean, deviation = (torch.tensor(t).view(1, 3, 1, 1) for t in (
        (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)))
    images, test = ((x.float() / 255 - mean) / deviation for x in (images, test))
    network = Network().to(memory_format=torch.channels_last)
    network.whiten(images[torch.randperm(len(images), generator=generator)[:5000]])
    mirrored = torch.rand(len(images), generator=generator) < 0.5
    images = torch.where(mirrored.view(-1, 1, 1, 1), images.flip(-1), images)
    padded = F.pad(images, (2,) * 4, "reflect")
    muon = Muon([m.weight for m in network.layers if isinstance(m, nn.Conv2d)])
    norms = [m.bias for m in network.layers if isinstance(m, Norm)]
    groups = [([network.whitened.bias], BIAS_RATE), (norms, BIAS_RATE), ([network.head.weight], HEAD_RATE)]
    others = torch.optim.SGD(
        [dict(params=p, lr=rate, weight_decay=DECAY / rate) for p, rate in groups],
        momentum=0.85, nesterov=True)
    perEpoch = len(images) // BATCH
    total, whitened = EPOCHS * perEpoch, WHITENED_EPOCHS * perEpoch
    step, seconds = 0, 0.0
    for epoch in range(EPOCHS):
        start = time.perf_counter()
        network.train()
        shown = epoch_images(padded, epoch, generator)
        order = torch.randperm(len(shown), generator=generator)
        for part in order[:perEpoch * BATCH].split(BATCH):
            x = shown[part].contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
                outputs = network(x, trainsBias=step < whitened).float()
            loss = F.cross_entropy(outputs, labels[part], label_smoothing=0.2, reduction="sum")
            loss.backward()
            for index, (group, (_, rate)) in enumerate(zip(others.param_groups, groups)):
                group["lr"] = rate * (1 - step / (whitened if index == 0 else total))
            others.step()
            others.zero_grad(set_to_none=True)
            muon.step(MUON_RATE * (1 - step / total))
            step += 1
            if options.steps:
                print(f"step {step}: loss {loss.item() / BATCH:.4f}, "
                      f"{time.perf_counter() - start:.1f} s of the epoch", flush=True)
                if step >= options.steps:
                    return
        seconds += time.perf_counter() - start
        batchAccuracy = (outputs.argmax(1) == labels[part]).float().mean().item()
        print(f"epoch {epoch + 1}: loss {loss.item() / BATCH:.4f}, batch {batchAccuracy:.4f}, "
              f"test {accuracy(network, test, testLabels, 1):.4f}, {seconds:.0f} s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "program": f"PyTorch {torch.__version__}", "seed": options.seed,
        "precision": options.precision, "threads": options.threads,
        "accuracy, one view": accuracy(network, test, testLabels, 1),
        "accuracy, six views": accuracy(network, test, testLabels, 6), "seconds": seconds,
        "peak MiB": peak / (1024 if sys.platform == "linux" else 1 << 20),
    }))


main()
