"""Times whole training steps (forward, backward, Adam) of a small convolutional network in PyTorch eager fp32.

Speaks JSON lines on stdin and stdout; see README.md for the commands.
"""

import time

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from serve import serve_steps


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.output = nn.Linear(1568, 10)

    def forward(self, x):
        """x [B, 1, 28, 28] → logits [B, 10]."""
        x = F.max_pool2d(F.relu(self.first(x)), 2)
        x = F.max_pool2d(F.relu(self.second(x)), 2)
        return self.output(x.flatten(1))


class Run:
    """A model, its optimiser and its batches."""

    def __init__(self, config, parameters, batches):
        torch.set_num_threads(config["threads"])
        self.model = Classifier()
        self.model.load_state_dict(load_file(parameters))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["learningRate"], fused=True)
        tensors = load_file(batches)
        count = len(tensors) // 2
        self.batches = [(tensors[f"batch{i}.images"], tensors[f"batch{i}.labels"].long()) for i in range(count)]
        self.done = 0

    def step(self):
        images, labels = self.batches[self.done % len(self.batches)]
        self.done += 1
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.model(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def round(self, steps):
        """`steps` steps over the batches in turn, from where the last round ended."""
        result = {"milliseconds": [], "losses": []}
        for _ in range(steps):
            started = time.perf_counter()
            result["losses"].append(self.step())
            result["milliseconds"].append((time.perf_counter() - started) * 1000)
        return result


serve_steps(Run)
