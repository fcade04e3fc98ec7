"""Trains the pronunciation model in plain PyTorch until its phoneme error rate (PER) reaches a target.

    python quality.py config.json

The clock runs during training steps (batching included) and stands still during evaluation. Prints one JSON line per
evaluation: {"step", "seconds", "loss", "per"}; loss is the mean over the steps since the last line. README.md
describes config.json.
"""

import json
import math
import sys
import time

import torch
from safetensors.torch import load_file

from model import Seq2Seq, label_batch


def read_lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def pad(sequences):
    """Lists of ids → ids [N, longest], zero at padding, and lengths [N]."""
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    ids = torch.zeros(len(sequences), int(lengths.max()), dtype=torch.long)
    for row, sequence in zip(ids, sequences):
        row[: len(sequence)] = torch.tensor(sequence)
    return ids, lengths


def learning_rate(plan, examples):
    """The rate after `examples` examples: linear warm-up to the peak, then the decay of the given kind."""
    warmup, peak, floor = plan["warmupExamples"], plan["peak"], plan.get("floor", 0)
    if examples < warmup:
        return peak * examples / warmup
    if plan["kind"] == "inverse-sqrt":
        return peak * math.sqrt(warmup / examples)
    progress = min(1, (examples - warmup) / (plan["totalExamples"] - warmup))
    if plan["kind"] == "cosine":
        return floor + (peak - floor) * (1 + math.cos(math.pi * progress)) / 2
    if plan["kind"] == "linear":
        return peak + (floor - peak) * progress
    raise ValueError(f"unknown kind of learning-rate plan: {plan['kind']!r}")


def edit_distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def phoneme_error_rate(predictions, references):
    """Σ edits to the nearest listed pronunciation (the longest among equals) ÷ Σ its length."""
    edits = length = 0
    for prediction, listed in zip(predictions, references):
        distance, shorter = min((edit_distance(prediction, reference), -len(reference)) for reference in listed)
        edits += distance
        length -= shorter
    return edits / length


def random_batches(sources, source_lengths, targets, target_lengths, size, begin, end, generator):
    """Endless shuffled epochs of batches, each padded to its own longest source and target."""
    inputs = torch.cat([torch.full((len(targets), 1), begin), targets], 1)
    labels = torch.cat([targets, torch.zeros(len(targets), 1, dtype=torch.long)], 1)
    labels[torch.arange(len(labels)), target_lengths] = end
    while True:
        order = torch.randperm(len(sources), generator=generator)
        for rows in order.split(size)[: len(order) // size]:
            source_length, target_length = source_lengths[rows], target_lengths[rows] + 1
            yield label_batch(
                {
                    "source": sources[rows, : source_length.max()],
                    "source_lengths": source_length,
                    "target_input": inputs[rows, : target_length.max()],
                    "labels": labels[rows, : target_length.max()],
                    "target_lengths": target_length,
                }
            )


def main():
    with open(sys.argv[1]) as file:
        config = json.load(file)
    torch.set_num_threads(config["threads"])
    begin, end, size = config["begin"], config["end"], config["batchSize"]

    pairs = read_lines(config["train"])
    development = read_lines(config["development"])
    references = [group["references"] for group in development]
    development_sources = pad([group["source"] for group in development])
    longest = 2 * max(len(reference) for listed in references for reference in listed)

    model = Seq2Seq(
        "gru",
        config["embedding"],
        config["hidden"],
        config["sourceVocabulary"],
        config["targetVocabulary"],
        bidirectional=True,
        attention="general",
    )
    model.load_state_dict(load_file(config["parameters"]))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    batches = random_batches(
        *pad([pair["source"] for pair in pairs]),
        *pad([pair["target"] for pair in pairs]),
        size,
        begin,
        end,
        torch.Generator().manual_seed(config["seed"]),
    )

    step, seconds, per = 0, 0.0, math.inf
    while per > config["targetPer"] and seconds < config["maxSeconds"]:
        started = time.perf_counter()
        losses = []
        for _ in range(config["evaluateEverySteps"]):
            step += 1
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(config["learningRate"], step * size)
            optimizer.zero_grad(set_to_none=True)
            loss = model.loss(next(batches))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), config["clip"])
            optimizer.step()
            losses.append(loss.item())
        seconds += time.perf_counter() - started
        predictions = model.greedy(*development_sources, begin, end, longest)
        per = phoneme_error_rate(predictions, references)
        print(
            json.dumps({"step": step, "seconds": seconds, "loss": sum(losses) / len(losses), "per": per}), flush=True
        )


main()
