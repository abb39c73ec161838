"""Photographs beside torchvision and PyTorch, in one run on two processors.

    python3 Tests/Proofs/photographs.py CONVFILTER CONVBENCH EFFICIENTNET.safetensors [PICTURES [PART ...]]

Makes PICTURES (1000; 700 at least, as their images must not fit into memory) photographs of 12 to 1
megapixels from the ones in ../shared/data/photos, and prints, all or the PARTs that are named,

- decoded: pictures decoded and augmented in a second (a random part of 8 % to 100 % at 224x224, mirrored or not),
  by `convbench photographs` with two threads and by torchvision's DataLoader with two workers. The parts are
  those of a picture of 256x256 here, and those of the whole picture there;
- predicted: pictures judged in a second by EfficientNet-Lite0, from file to class: `convfilter predict`, and PyTorch
  (timm) whose DataLoader has two workers, with the transforms of evaluation;
- waited: the share of time in which a training waits for pictures, all of it and behind frozen layers. It may take
  the memory that its plan asks for, which leaves none for the pictures: they are decoded anew for every step.

Needs torch, torchvision, timm, Pillow, NumPy and safetensors; `waited` Pillow alone.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

SIDES = [(4000, 3000), (2592, 1944), (1600, 1200), (1280, 960)]
PHOTOS = os.environ.get("CONVFILTER_TEST_DATA", "../shared/data") + "/photos"


def make(place, count):
    from PIL import Image
    draw = random.Random(1)
    sources = {name: Image.open(f"{PHOTOS}/{file}").convert("RGB") for name, file in
               (("cat", "chelsea.png"), ("coffee", "coffee.png"), ("astronaut", "astronaut.png"))}
    for index in range(count):
        name = list(sources)[index % len(sources)]
        os.makedirs(f"{place}/{name}", exist_ok=True)
        width, height = SIDES[index // len(sources) % len(SIDES)]
        source = sources[name]
        box = (draw.randrange(40), draw.randrange(40), source.width - draw.randrange(40),
               source.height - draw.randrange(40))
        picture = source.resize((width, height), Image.Resampling.BICUBIC, box)
        picture.save(f"{place}/{name}/{index:04}.jpg", quality=90)


def loaded(place):
    """Pictures a second of torchvision."""
    import torch
    from torchvision import datasets, transforms
    torch.set_num_threads(1)
    change = transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
    rates = []
    for _ in range(2):
        loader = torch.utils.data.DataLoader(
            datasets.ImageFolder(place, change), batch_size=64, shuffle=True, num_workers=2)
        begun = time.perf_counter()
        count = sum(len(labels) for _, labels in loader)
        rates.append(count / (time.perf_counter() - begun))
    return max(rates)


def named_by_timm(weights):
    """The tensors of the package efficientnet-lite-pytorch as timm calls them."""
    if "_conv_stem.weight" not in weights:
        return weights
    places = [f"blocks.{stage}.{index}." for stage, count in enumerate((1, 2, 2, 3, 3, 4, 1))
              for index in range(count)]
    ends = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2",
            "_fc": "classifier"}
    first = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
    others = {"_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2",
              "_project_conv": "conv_pwl", "_bn2": "bn3"}
    named = {}
    for name, tensor in weights.items():
        words = name.split(".")
        if words[0] == "_blocks":
            number = int(words[1])
            layer = (others if number else first)[words[2]]
            named[f"{places[number]}{layer}.{words[3]}"] = tensor
        else:
            named[f"{ends[words[0]]}.{words[1]}"] = tensor
    return named


def judged(place, weights):
    """Pictures a second of PyTorch, and how many of its classes there are of each."""
    import timm
    import torch
    from safetensors.torch import load_file
    from torchvision import datasets, transforms
    torch.set_num_threads(2)
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    model.load_state_dict(named_by_timm(load_file(weights)))
    model.eval()
    change = transforms.Compose([
        transforms.Resize(224), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    begun = time.perf_counter()
    loader = torch.utils.data.DataLoader(
        datasets.ImageFolder(place, change), batch_size=32, num_workers=2)
    count = 0
    with torch.inference_mode():
        for images, labels in loader:
            model(images).argmax(1)
            count += len(labels)
    return count / (time.perf_counter() - begun)


def trained(program, place, weights, freeze, limit, cwd):
    """What a training of an epoch says."""
    words = [program, "train", place, "--from", weights, "--freeze", freeze, "--batch", "16", "--size", "224x224",
             "--augment", "flip,part=0.5" if freeze == "none" else "flip", "--epochs", "1", "--force",
             "--output", f"{freeze}.safetensors", "--limit-memory", f"{limit}M", "--threads", "2"]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True)


def planned(program, place, weights, freeze, scratch):
    """The memory, in MiB, that the plan of a training needs, from the refusal of one with few of the pictures."""
    few = f"{scratch}/few"
    for name in os.listdir(place):
        os.makedirs(f"{few}/{name}", exist_ok=True)
        for file in sorted(os.listdir(f"{place}/{name}"))[-16:]:
            if not os.path.exists(f"{few}/{name}/{file}"):
                os.symlink(f"{place}/{name}/{file}", f"{few}/{name}/{file}")
    # Enough for the model, which is read first.
    refused = trained(program, few, weights, freeze, 70, scratch)
    found = re.search(r"training in steps.*--limit-memory (\d+)M", refused.stderr)
    if refused.returncode == 0 or not found:
        sys.exit(f"no plan that needs more than 70M:\n{refused.stderr}")
    return int(found[1])


def waited(program, place, weights, freeze, count, scratch):
    """Prints what the training says of its waiting."""
    # Two features, plain and mirrored, of 1280 numbers a picture.
    features = 0 if freeze == "none" else count * 2 * 1280 * 4 // (1 << 20) + 1
    limit = planned(program, place, weights, freeze, scratch) + features
    done = trained(program, place, weights, freeze, limit, scratch)
    if done.returncode or "decoded anew" not in done.stderr:
        sys.exit(f"--freeze {freeze} with {limit}M:\n{done.stderr}")
    print(f"--freeze {freeze}, {limit}M: " + re.search(r"the images take .*", done.stderr)[0])
    for line in re.findall(r".*waiting for pictures", done.stderr):
        print("  " + line.strip(), flush=True)


def main():
    program, bench, weights = map(os.path.abspath, sys.argv[1:4])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    parts = sys.argv[5:] or ["decoded", "predicted", "waited"]
    with tempfile.TemporaryDirectory() as scratch:
        place = f"{scratch}/photographs"
        make(place, count)
        if "decoded" in parts:
            done = subprocess.run([bench, "photographs", place], capture_output=True, check=True)
            ours = max(json.loads(done.stdout)["pictures per second"])
            theirs = loaded(place)
            print(f"decoded and augmented: convfilter {ours:.0f}, torchvision {theirs:.0f} pictures/s "
                  f"({ours / theirs:.2f} times)", flush=True)
        if "predicted" in parts:
            begun = time.perf_counter()
            subprocess.run([program, "predict", weights, place, "--recursive", "--csv"],
                           stdout=subprocess.DEVNULL, check=True)
            ours = count / (time.perf_counter() - begun)
            theirs = judged(place, weights)
            print(f"predicted: convfilter {ours:.0f}, PyTorch {theirs:.0f} pictures/s "
                  f"({ours / theirs:.2f} times)", flush=True)
        if "waited" in parts:
            for freeze in ("none", "all"):
                waited(program, place, weights, freeze, count, scratch)


main()
