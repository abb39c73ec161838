"""How much a published network is worth where pictures are few.

    python3 Tests/Proofs/few-pictures.py CONVFILTER CIFAR10-IMAGES EFFICIENTNET.safetensors

Takes 20 pictures a class of CIFAR-10 (JPEG; a folder with train/ and test/ of class folders), drawn anew
for each of three seeds, and 100 others a class to judge by, and trains on them: EfficientNet-Lite0, of
which the last layer alone learns, and networks of ours from nothing, 40 epochs. Prints test accuracies.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from statistics import mean

PRESETS = ["cifar-conv", "cifar-pool", "cifar-deep", "cifar-fast"]
SEEDS = [1, 2, 3]


def choose(root, place, seed):
    for part, count, draw in (("train", 20, random.Random(seed)), ("test", 100, random.Random(99))):
        for name in sorted(os.listdir(f"{root}/{part}")):
            os.makedirs(f"{place}/{part}/{name}")
            for file in draw.sample(sorted(os.listdir(f"{root}/{part}/{name}")), count):
                os.symlink(f"{root}/{part}/{name}/{file}", f"{place}/{part}/{name}/{file}")


def accuracy(program, place, seed, *words):
    command = [program, "train", "pictures", "--seed", str(seed), "--quiet", "--json", "--force"]
    done = subprocess.run(command + list(words), cwd=place, capture_output=True, check=True)
    parts = json.loads(done.stdout)["evaluations"]
    return next(p["report"]["accuracy"] for p in parts if p["split"] == "test")


def main():
    program, root, published = map(os.path.abspath, sys.argv[1:4])
    found = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as place:
            choose(root, f"{place}/pictures", seed)
            runs = [("efficientnet-lite0", ["--from", published])]
            runs += [(name, ["--model", name, "--epochs", "40"]) for name in PRESETS]
            for name, words in runs:
                found.setdefault(name, []).append(accuracy(program, place, seed, *words))
    for name, values in found.items():
        print(f"{name:20} {100 * mean(values):5.1f} %  ", *(f"{100 * v:.1f}" for v in values))


main()
