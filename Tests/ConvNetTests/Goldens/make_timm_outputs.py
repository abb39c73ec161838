"""Outputs of timm's two EfficientNet-Lite0, which have the same tensors, for weights and a picture by formula.

    python3 make_timm_outputs.py > timm-lite0-outputs.txt      (made with timm 1.0.31, PyTorch 2.15)

A line each: the architecture and ten outputs. The tensors take the numbers of one sequence one after the other, in the order of
timm-lite0.txt, then the picture does.
"""

import numpy
import timm
import torch


def numbers(start, count):
    places = numpy.arange(start, start + count, dtype=numpy.uint64)
    mixed = (places * numpy.uint64(2654435761) + numpy.uint64(12345)) % numpy.uint64(1 << 32)
    # Mixed again: neighbours are not to be alike.
    mixed = ((mixed ^ (mixed >> numpy.uint64(15))) * numpy.uint64(2246822519)) % numpy.uint64(1 << 32)
    return mixed.astype(numpy.float64) / 2 ** 32 - 0.5


def filled(name, tensor, values):
    if name.endswith("running_var"):
        return 1 + 0.5 * values
    if name.endswith("running_mean") or name.endswith("bias"):
        return 0.2 * values
    if tensor.dim() == 1:
        return 1 + 0.4 * values
    return values * (24 / tensor[0].numel()) ** 0.5


for architecture in ("tf_efficientnet_lite0", "efficientnet_lite0"):
    model = timm.create_model(architecture, pretrained=False, num_classes=10).eval()
    place = 0
    state = {}
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = tensor
            continue
        values = filled(name, tensor, numbers(place, tensor.numel()))
        place += tensor.numel()
        state[name] = torch.tensor(values.astype(numpy.float32)).reshape(tensor.shape)
    model.load_state_dict(state)
    picture = numbers(place, 224 * 224 * 3).astype(numpy.float32).reshape(1, 224, 224, 3)
    with torch.inference_mode():
        outputs = model(torch.tensor(picture).permute(0, 3, 1, 2))[0]
    print(architecture, *(f"{float(value):.6f}" for value in outputs))
