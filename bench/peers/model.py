"""The recurrent encoder-decoder with attention, in plain PyTorch: the peer of heddle's `Seq2Seq`.

Letters in shapes: B batch, S source time, T target time, L layers, H encoder units per direction, D encoder output
(H, or 2H when bidirectional), U decoder units.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

RECURRENT = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
IGNORED_LABEL = -100  # what cross_entropy skips by default; marks padding in labels


class Encoder(nn.Module):
    def __init__(self, cell, vocabulary, embedding, hidden, layers, bidirectional, packed):
        super().__init__()
        self.packed = packed
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = RECURRENT[cell](embedding, hidden, layers, batch_first=True, bidirectional=bidirectional)

    def forward(self, source, lengths):
        """source [B, S], lengths [B] → outputs [B, S, D], zero at padding, and the state at each last real token.

        Not packed, as in PyTorch's translation tutorial, the network runs on through the padding: the state is the
        one behind it. That is another model on ragged batches, but the faster one for a unidirectional LSTM.
        """
        embedded = self.embedding(source)
        if not self.packed or int(lengths.min()) == source.shape[1]:  # without padding nothing needs packing
            return self.rnn(embedded)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        outputs, state = self.rnn(packed)
        return pad_packed_sequence(outputs, batch_first=True, total_length=source.shape[1])[0], state


class Bridge(nn.Module):
    """Decoder's initial state: tanh(W [h_forward; h_backward] + b), and the same with its own W, b for LSTM's c."""

    def __init__(self, cell, encoder_size, decoder_size):
        super().__init__()
        self.hidden = nn.Linear(encoder_size, decoder_size)
        self.cell = nn.Linear(encoder_size, decoder_size) if cell == "lstm" else None

    def forward(self, state, layers):
        def join(part):  # [L·directions, B, H] → [L, B, D]
            return part.unflatten(0, (layers, -1)).transpose(1, 2).flatten(2)

        if self.cell is None:
            return torch.tanh(self.hidden(join(state)))
        return torch.tanh(self.hidden(join(state[0]))), torch.tanh(self.cell(join(state[1])))


class DotAttention(nn.Module):
    def prepare(self, keys):
        return keys

    def scores(self, queries, prepared):
        return queries @ prepared.transpose(1, 2)


class GeneralAttention(DotAttention):
    def __init__(self, query_size, key_size):
        super().__init__()
        self.key = nn.Linear(key_size, query_size, bias=False)

    def prepare(self, keys):
        return self.key(keys)


class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, size):
        super().__init__()
        self.query = nn.Linear(query_size, size, bias=False)
        self.key = nn.Linear(key_size, size, bias=False)
        self.energy = nn.Linear(size, 1, bias=False)

    def prepare(self, keys):
        return self.key(keys)

    def scores(self, queries, prepared):
        return self.energy(torch.tanh(self.query(queries)[:, :, None] + prepared[:, None])).squeeze(-1)


def attend(attention, queries, keys, prepared, mask):
    """queries [B, T, U], keys (= values) [B, S, D], mask [B, S] → context [B, T, D], weights [B, T, S]."""
    scores = attention.scores(queries, prepared).masked_fill(~mask[:, None], float("-inf"))
    weights = scores.softmax(-1)
    return weights @ keys, weights


class Decoder(nn.Module):
    def __init__(self, cell, vocabulary, embedding, hidden, layers, memory_size, attention, input_feeding):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = RECURRENT[cell](embedding + hidden * input_feeding, hidden, layers, batch_first=True)
        if attention == "additive":
            self.attention = AdditiveAttention(hidden, memory_size, hidden)
        else:
            self.attention = GeneralAttention(hidden, memory_size) if attention == "general" else DotAttention()
        self.combine = nn.Linear(memory_size + hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, vocabulary)
        self.input_feeding = input_feeding

    def initial_feed(self, batch_size):
        return self.output.weight.new_zeros(batch_size, 1, self.combine.out_features)

    def forward(self, target_input, memory, prepared, mask, state, feed):
        """target_input [B, T] → logits [B, T, V], the next state, the last attentional vector [B, 1, U].

        `prepared` is `attention.prepare(memory)`, `feed` the previous attentional vector (used by input feeding).
        """
        embedded = self.embedding(target_input)

        def attentional(hidden):
            context, _ = attend(self.attention, hidden, memory, prepared, mask)
            return torch.tanh(self.combine(torch.cat([context, hidden], -1)))

        if self.input_feeding:
            steps = []
            for token in embedded.split(1, dim=1):
                hidden, state = self.rnn(torch.cat([token, feed], -1), state)
                feed = attentional(hidden)
                steps.append(feed)
            vectors = torch.cat(steps, 1)
        else:
            hidden, state = self.rnn(embedded, state)
            vectors = attentional(hidden)
        return self.output(vectors), state, vectors[:, -1:]


class Seq2Seq(nn.Module):
    def __init__(
        self,
        cell,
        embedding,
        hidden,
        source_vocabulary,
        target_vocabulary,
        layers=1,
        bidirectional=False,
        attention="general",
        input_feeding=False,
        decoder_hidden=None,
        packed=True,
    ):
        super().__init__()
        memory_size = hidden * (2 if bidirectional else 1)
        decoder_hidden = decoder_hidden or hidden
        self.layers = layers
        self.encoder = Encoder(cell, source_vocabulary, embedding, hidden, layers, bidirectional, packed)
        bridged = bidirectional or memory_size != decoder_hidden
        self.bridge = Bridge(cell, memory_size, decoder_hidden) if bridged else None
        self.decoder = Decoder(
            cell, target_vocabulary, embedding, decoder_hidden, layers, memory_size, attention, input_feeding
        )

    def encode(self, source, lengths):
        """→ memory [B, S, D], its projection for the attention, mask [B, S], the decoder's initial state."""
        memory, state = self.encoder(source, lengths)
        mask = torch.arange(source.shape[1]) < lengths[:, None]
        if self.bridge is not None:
            state = self.bridge(state, self.layers)
        return memory, self.decoder.attention.prepare(memory), mask, state

    def forward(self, source, lengths, target_input):
        """Teacher forcing: source [B, S], lengths [B], target_input [B, T] → logits [B, T, V]."""
        feed = self.decoder.initial_feed(len(source))
        return self.decoder(target_input, *self.encode(source, lengths), feed)[0]

    def loss(self, batch):
        """Mean cross-entropy over the batch's real tokens, in nats."""
        logits = self(batch["source"], batch["source_lengths"], batch["target_input"])
        return F.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten(), ignore_index=IGNORED_LABEL)

    @torch.inference_mode()
    def greedy(self, source, lengths, begin, end, max_length):
        """The likeliest token at each step until `end` or `max_length`; → a list of id lists without `end`."""
        memory, prepared, mask, state = self.encode(source, lengths)
        feed = self.decoder.initial_feed(len(source))
        token = torch.full((len(source), 1), begin)
        finished = torch.zeros(len(source), dtype=torch.bool)
        tokens = []
        for _ in range(max_length):
            logits, state, feed = self.decoder(token, memory, prepared, mask, state, feed)
            token = logits.argmax(-1)
            tokens.append(token)
            finished |= token[:, 0] == end
            if finished.all():
                break
        rows = torch.cat(tokens, 1).tolist()
        return [row[: row.index(end)] if end in row else row for row in rows]


def label_batch(batch):
    """Tensors as stored (int32) → as PyTorch wants them; labels beyond each target's length are ignored."""
    batch = {name: tensor.long() for name, tensor in batch.items()}
    real = torch.arange(batch["labels"].shape[1]) < batch["target_lengths"][:, None]
    return batch | {"labels": batch["labels"].masked_fill(~real, IGNORED_LABEL)}
