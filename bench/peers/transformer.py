"""Times whole training steps (forward, backward, clipping, Adam) of a decoder-only Transformer in PyTorch eager fp32.

Speaks JSON lines on stdin and stdout; see README.md for the commands.
"""

import time

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from serve import serve_steps


class Block(nn.Module):
    """A pre-norm block of causal self-attention, queries, keys and values in one product."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(size)
        self.qkv = nn.Linear(size, 3 * size)
        self.output = nn.Linear(size, size)
        self.feed_forward_norm = nn.LayerNorm(size)
        self.expand = nn.Linear(size, 4 * size)
        self.contract = nn.Linear(4 * size, size)

    def forward(self, x):
        """x [B, T, D]."""
        batch, time_, size = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(batch, time_, 3, self.heads, size // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(context.transpose(1, 2).reshape(batch, time_, size))
        return x + self.contract(F.gelu(self.expand(self.feed_forward_norm(x))))


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, size, layers, heads, longest):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(longest, size)
        self.layers = nn.ModuleList(Block(size, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(size)

    def forward(self, ids):
        """ids [B, T] → logits [B, T, V]; the output layer shares the embedding."""
        x = self.embedding(ids) + self.positions.weight[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return self.norm(x) @ self.embedding.weight.T


def load(model, tensors):
    """Takes over heddle's parameters by its names."""
    state = {name: tensors[name] for name in ("embedding.weight", "positions.weight", "norm.weight", "norm.bias")}
    names = {
        "output": "selfAttention.output",
        "attention_norm": "attentionResidual.norm",
        "feed_forward_norm": "feedForwardResidual.norm",
        "expand": "feedForward.expand",
        "contract": "feedForward.contract",
    }
    for i in range(len(model.layers)):
        for kind in ("weight", "bias"):
            for own, theirs in names.items():
                state[f"layers.{i}.{own}.{kind}"] = tensors[f"layers.{i}.{theirs}.{kind}"]
            parts = [tensors[f"layers.{i}.selfAttention.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"layers.{i}.qkv.{kind}"] = torch.cat(parts)
    model.load_state_dict(state)


class Run:
    """A model, its optimiser and its batches."""

    def __init__(self, config, parameters, batches):
        torch.set_num_threads(config["threads"])
        self.model = LanguageModel(
            config["vocabularySize"], config["size"], config["layers"], config["heads"], config["maxLength"]
        )
        load(self.model, load_file(parameters))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["learningRate"], fused=True)
        tensors = load_file(batches)
        count = sum(name.endswith(".targetInput") for name in tensors)
        self.batches = [self.batch(tensors, f"batch{i}.") for i in range(count)]
        self.done = 0

    @staticmethod
    def batch(tensors, prefix):
        """Inputs and labels [B, T] with −1 at padding, and the number of real tokens."""
        ids = tensors[prefix + "targetInput"].long()
        labels = torch.full((ids.numel(),), -1, dtype=torch.long)
        labels[tensors[prefix + "targetRows"].long()] = tensors[prefix + "labels"].long()
        return ids, labels, len(tensors[prefix + "labels"])

    def step(self):
        ids, labels, tokens = self.batches[self.done % len(self.batches)]
        self.done += 1
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.model(ids)
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), labels, ignore_index=-1)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.item(), tokens

    def round(self, steps):
        """`steps` steps over the batches in turn, from where the last round ended."""
        result = {"milliseconds": [], "losses": [], "tokens": []}
        for _ in range(steps):
            started = time.perf_counter()
            loss, tokens = self.step()
            result["milliseconds"].append((time.perf_counter() - started) * 1000)
            result["losses"].append(loss)
            result["tokens"].append(tokens)
        return result


serve_steps(Run)
