"""Times whole training steps (forward, backward, clipping, Adam) of PyTorch eager fp32.

Speaks JSON lines on stdin and stdout; see README.md for the commands.
"""

import time

import torch
from safetensors.torch import load_file

from model import Seq2Seq, label_batch
from serve import serve


def memory_mib(field):
    """VmRSS (resident now) or VmHWM (its peak) of this process, in MiB."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # "reset the peak resident set size", proc(5)


class Run:
    """A model, its optimiser and its batches."""

    def __init__(self, config, parameters, batches):
        torch.set_num_threads(config["threads"])
        self.model = Seq2Seq(
            config["cell"],
            config["embedding"],
            config["hidden"],
            config["sourceVocabulary"],
            config["targetVocabulary"],
            layers=config["layers"],
            bidirectional=config["bidirectional"],
            input_feeding=config["inputFeeding"],
            packed=config.get("packed", True),
        )
        self.model.load_state_dict(load_file(parameters))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config["learningRate"], fused=True)
        self.clip = config["clip"]
        grouped = {}
        for name, tensor in load_file(batches).items():
            batch, part = name.split(".")
            grouped.setdefault(int(batch.removeprefix("batch")), {})[part] = tensor
        self.batches = {index: label_batch(batch) for index, batch in grouped.items()}

    def step(self, batch):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.model.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimizer.step()
        return loss.item()

    def round(self, steps, indices):
        """`steps` steps over the batches of `indices`, in turn."""
        result = {"milliseconds": [], "losses": [], "realTokens": []}
        for step in range(steps):
            batch = self.batches[indices[step % len(indices)]]
            started = time.perf_counter()
            loss = self.step(batch)
            result["milliseconds"].append((time.perf_counter() - started) * 1000)
            result["losses"].append(loss)
            result["realTokens"].append(int(batch["target_lengths"].sum()))
        return result


class Session:
    """The run of the last `setup`, and the memory of the process before the first."""

    def __init__(self):
        self.idle = memory_mib("VmRSS")
        self.run = None

    def setup(self, request):
        self.run = None  # frees the previous run first
        reset_peak()
        self.run = Run(request["config"], request["parameters"], request["batches"])
        return {"ok": True}

    def round(self, request):
        return self.run.round(request["steps"], request["batches"])

    def memory(self, request):
        return {"mebibytes": memory_mib("VmHWM") - self.idle}


session = Session()
serve({"setup": session.setup, "round": session.round, "memory": session.memory})
