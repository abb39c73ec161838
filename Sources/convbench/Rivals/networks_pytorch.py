"""PyTorch: contiguous, channels-last, compiled, or traced and frozen (see network_rival.py)."""
import importlib.util
import os

import torch
import torch.nn.functional as F

from network_rival import Job, serve


def network(job):
    spec = importlib.util.spec_from_file_location("model", os.path.join(job.folder, "model.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load(os.path.join(job.folder, "model.safetensors")), module


class Logits(torch.nn.Module):
    """The network behind the normalisation."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net.logits(x)


def main():
    job = Job()
    torch.set_num_threads(job.threads)
    torch.set_flush_denormal(True)
    net, module = network(job)
    images = torch.from_numpy(job.images((job.batch,) + module.SHAPE))
    layout = torch.contiguous_format if job.variant == "contiguous" else torch.channels_last
    net = net.to(memory_format=layout)
    train(job, net, images, layout) if job.trains else predict(job, net, images)


def train(job, net, images, layout):
    net.train()
    with open(os.path.join(job.folder, "frozen")) as file:
        frozen = set(file.read().split())
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name not in frozen)
    x = net.normalized(images).contiguous(memory_format=layout)
    labels = torch.from_numpy(job.labels())
    learning = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(
        learning, lr=job.rate, momentum=job.momentum, nesterov=True, fused=True)
    run = Logits(net)
    if job.variant == "compiled":
        run = torch.compile(run)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=job.rounds):
            loss = F.cross_entropy(run(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    serve([step(), step()], step)


def predict(job, net, images):
    def judge(images):
        return net(images).softmax(1)

    run = judge
    with torch.inference_mode():
        if job.variant == "compiled":
            run = torch.compile(judge)
        elif job.variant == "frozen":
            run = torch.jit.optimize_for_inference(
                torch.jit.freeze(torch.jit.trace(net, images, check_trace=False)))
            frozen = run
            run = lambda images: frozen(images).softmax(1)
        for _ in range(3):
            first = run(images)[0]
        serve(first.numpy(), lambda: run(images))


main()
