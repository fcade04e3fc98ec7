"""Times greedy decoding of a Transformer encoder–decoder with key/value caches in PyTorch eager fp32.

Speaks JSON lines on stdin and stdout; see README.md for the commands.
"""

import math
import time

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from serve import serve


class Transformer:
    """Pre-norm blocks, sinusoidal positions (sines, then cosines), weights by heddle's names."""

    def __init__(self, config, weights):
        self.size, self.heads, self.layers = config["size"], config["heads"], config["layers"]
        self.longest, self.start = config["longest"], config["start"]
        self.weights = weights
        for name in [name for name in weights if name.endswith("selfAttention.query.weight")]:
            # One product for queries, keys and values, as nn.MultiheadAttention has.
            prefix = name.removesuffix("query.weight")
            for part in ("weight", "bias"):
                parts = [weights[f"{prefix}{role}.{part}"] for role in ("query", "key", "value")]
                weights[f"{prefix}all.{part}"] = torch.cat(parts)
        half = self.size // 2
        frequencies = torch.exp(torch.arange(half) * (-math.log(10000) / half))
        angles = torch.arange(self.longest)[:, None] * frequencies
        self.positions = torch.cat([angles.sin(), angles.cos()], -1)

    def linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name, x):
        return F.layer_norm(x, (self.size,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def split(self, x):
        """[B, T, D] → [B, H, T, D / H]."""
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def join(self, x):
        return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], self.size)

    def embed(self, side, ids, place):
        tokens = F.embedding(ids, self.weights[f"{side}.input.embedding.weight"]) * math.sqrt(self.size)
        return tokens + self.positions[place]

    def projected(self, prefix, x):
        return [self.split(part) for part in self.linear(f"{prefix}.all", x).chunk(3, -1)]

    def feed_forward(self, prefix, x):
        y = self.norm(f"{prefix}.feedForwardResidual.norm", x)
        hidden = F.relu(self.linear(f"{prefix}.feedForward.expand", y))
        return x + self.linear(f"{prefix}.feedForward.contract", hidden)

    def encode(self, ids):
        x = self.embed("encoder", ids, slice(0, ids.shape[1]))
        for i in range(self.layers):
            prefix = f"encoder.layers.{i}"
            q, k, v = self.projected(f"{prefix}.selfAttention", self.norm(f"{prefix}.attentionResidual.norm", x))
            attended = self.join(F.scaled_dot_product_attention(q, k, v))
            x = self.feed_forward(prefix, x + self.linear(f"{prefix}.selfAttention.output", attended))
        return self.norm("encoder.norm", x)

    def step(self, ids, position, caches, memory):
        """ids [B, 1] → logits [B, V]; writes its keys and values at `position` of the caches."""
        x = self.embed("decoder", ids, slice(position, position + 1))
        for i in range(self.layers):
            prefix = f"decoder.layers.{i}"
            q, k, v = self.projected(f"{prefix}.selfAttention", self.norm(f"{prefix}.selfResidual.norm", x))
            keys, values = caches[i]
            keys[:, :, position : position + 1] = k
            values[:, :, position : position + 1] = v
            seen = slice(0, position + 1)
            attended = self.join(F.scaled_dot_product_attention(q, keys[:, :, seen], values[:, :, seen]))
            x = x + self.linear(f"{prefix}.selfAttention.output", attended)
            q = self.split(self.linear(f"{prefix}.crossAttention.query", self.norm(f"{prefix}.crossResidual.norm", x)))
            x = x + self.linear(
                f"{prefix}.crossAttention.output", self.join(F.scaled_dot_product_attention(q, *memory[i]))
            )
            x = self.feed_forward(prefix, x)
        return self.linear("decoder.output", self.norm("decoder.norm", x)[:, 0])

    @torch.inference_mode()
    def write(self, source, tokens):
        """Greedy: [B, tokens] ids, and when each step began and the last one ended, in seconds."""
        batch = source.shape[0]
        encoded = self.encode(source)
        memory = [
            [self.split(self.linear(f"decoder.layers.{i}.crossAttention.{part}", encoded)) for part in ("key", "value")]
            for i in range(self.layers)
        ]
        shape = (batch, self.heads, self.longest, self.size // self.heads)
        caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in range(self.layers)]
        ids = torch.full((batch, 1), self.start)
        written, times = [], []
        for position in range(tokens):
            times.append(time.perf_counter())
            ids = self.step(ids, position, caches, memory).argmax(-1, keepdim=True)
            written.append(ids[:, 0].tolist())
        times.append(time.perf_counter())
        return torch.tensor(written).T.tolist(), times


class Session:
    """The model of the last `setup`."""

    def setup(self, request):
        torch.set_num_threads(request["config"]["threads"])
        self.model = Transformer(request["config"], load_file(request["parameters"]))
        return {"ok": True}

    def round(self, request):
        ids, times = self.model.write(torch.tensor(request["source"]), request["tokens"])
        return {"ids": ids, "milliseconds": [1000 * (b - a) for a, b in zip(times, times[1:])]}


session = Session()
serve({"setup": session.setup, "round": session.round})
