"""Prints what stands in Tensor/PairProductTests.swift, from PyTorch (run: python make_bf16.py).

Numbers and what they are as bfloat16; a product of two matrices with operands rounded to bfloat16 and
sums of single precision.
"""

import torch


def bits(t):
    return t.contiguous().view(torch.int32).flatten().tolist()


def show(name, values, width=8, per=6):
    print(f"  {name} = [")
    for start in range(0, len(values), per):
        row = (f"{v & 0xffffffff:0{width}X}" for v in values[start:start + per])
        print("    " + ", ".join("0x" + "_".join((v[:4], v[4:])).rstrip("_") for v in row) + ",")
    print("  ]")


torch.manual_seed(5)
# Ties to either side, the next numbers around them, the largest, the smallest normal, infinities, 0.
special = torch.tensor(
    [0x3F808000, 0x3F818000, 0x3F808001, 0x3F807FFF, 0x3F817FFF, 0x3F818001, 0x7F7FFFFF, 0x7F7F7FFF,
     0x00800000, 0x00807FFF, 0x00808000, 0x7F800000, 0x00000000],
    dtype=torch.int32).view(torch.float32)
numbers = torch.cat([special, -special, torch.randn(11) * 10 ** torch.linspace(-9, 9, 11)])
show("numbers", bits(numbers))
show("rounded", [v & 0xFFFF for v in numbers.bfloat16().view(torch.int16).tolist()], 4, 12)
a, b = torch.randn(4, 7), torch.randn(7, 5)
show("left", bits(a))
show("right", bits(b))
show("product", bits(a.bfloat16().float() @ b.bfloat16().float()))
