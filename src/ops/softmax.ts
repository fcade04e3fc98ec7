import { traceError, type Tensor, type TensorType } from '../tensor/tensor.js';
import type { Dim } from '../tensor/dim.js';
import { add, cast, equal, exp, mul, sub } from './elementwise.js';
import { defineOp } from './registry.js';
import { sum } from './reduce.js';
import { positions, reshape } from './shape.js';

function inferRows(op: string, x: Tensor): [TensorType] {
  if (x.rank === 0) throw traceError(op, `needs an axis to sum over, got ${x}.`);
  return [x];
}

const softmaxOp = defineOp({
  name: 'softmax',
  infer: ([x]) => inferRows('softmax', x!),
  emit: (emitter, inputs) => [emitter.node('Softmax', inputs, { axis: -1 })],
  gradient: ({ outputs, upstream }) => {
    const weighted = mul(upstream[0]!, outputs[0]!);
    return [sub(weighted, mul(outputs[0]!, sum(weighted, [-1], true)))];
  },
});

/** exp(x) ÷ Σ exp(x) along the last axis. */
export function softmax(x: Tensor): Tensor {
  return softmaxOp([x])[0]!;
}

const logSoftmaxOp = defineOp({
  name: 'logSoftmax',
  infer: ([x]) => inferRows('logSoftmax', x!),
  emit: (emitter, inputs) => [emitter.node('LogSoftmax', inputs, { axis: -1 })],
  gradient: ({ outputs, upstream }) => [
    sub(upstream[0]!, mul(exp(outputs[0]!), sum(upstream[0]!, [-1], true))),
  ],
});

/** log softmax(x) along the last axis. */
export function logSoftmax(x: Tensor): Tensor {
  return logSoftmaxOp([x])[0]!;
}

const crossEntropyOp = defineOp({
  name: 'crossEntropy',
  infer: ([logits, labels]) => {
    if (
      logits!.rank !== 2 ||
      labels!.rank !== 1 ||
      labels!.shape[0] !== logits!.shape[0] ||
      labels!.dtype !== 'int32'
    )
      throw traceError(
        'crossEntropy',
        `takes logits [tokens, classes] and int32 labels [tokens], got ${logits!} and ${labels!}.`,
      );
    const perRow = { dtype: logits!.dtype, shape: labels!.shape };
    return [perRow, logits!, perRow];
  },
  emit: (emitter, [logits, labels], node) => {
    const last = emitter.constant('int64', [1], [-1]);
    const rows = emitter.shape(node.inputs[1]!.shape);
    const column = emitter.node('Reshape', [labels!, emitter.shape([node.inputs[1]!.shape[0]!, 1])]);
    // −log p(label) = (max x − x_label) − log max p: never the log of an underflowed probability, whatever the logits.
    const probabilities = emitter.node('Softmax', [logits!], { axis: -1 });
    const topProbability = emitter.node('ReduceMax', [probabilities, last], { keepdims: 1 });
    const logTop = emitter.node('Log', [topProbability]);
    // Written last, these run first (see `executionOrder.ts`): the softmax is then the last to read the logits.
    const top = emitter.node('ReduceMax', [logits!, last], { keepdims: 1 });
    const behind = emitter.node('Sub', [top, emitter.node('GatherElements', [logits!, column], { axis: 1 })]);
    const loss = emitter.node('Sub', [behind, logTop]);
    const labelProbability = emitter.node('Mul', [
      emitter.node('Exp', [emitter.node('Neg', [behind])]),
      topProbability,
    ]);
    return [
      emitter.node('Reshape', [loss, rows]),
      probabilities,
      emitter.node('Reshape', [labelProbability, rows]),
    ];
  },
  gradient: ({ inputs, outputs, upstream }) => {
    if (upstream[2])
      throw traceError('crossEntropy', 'the label probability has no gradient of its own; use the loss.');
    const rows = inputs[1]!.shape[0]!;
    const direct = upstream[0]
      ? mul(subtractOneHot(outputs[1]!, inputs[1]!, outputs[2]!), reshape(upstream[0], [rows, 1]))
      : undefined;
    if (!upstream[1]) return [direct, undefined];
    const weighted = mul(upstream[1], outputs[1]!);
    const throughProbabilities = sub(weighted, mul(outputs[1]!, sum(weighted, [-1], true)));
    return [direct ? add(direct, throughProbabilities) : throughProbabilities, undefined];
  },
});

/**
 * Cross-entropy of each row in nats, finite for any finite logits.
 * logits [tokens, classes], labels [tokens] int32 from 0 to classes − 1 → loss [tokens], and the probabilities
 * softmax(logits).
 */
export function crossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; probabilities: Tensor } {
  const [loss, probabilities] = crossEntropyOp([logits, labels]);
  return { loss: loss!, probabilities: probabilities! };
}

const subtractOneHotOp = defineOp({
  name: 'subtractOneHot',
  infer: ([x]) => [x!],
  emit: (emitter, [x, labels, values], node) => {
    const rows = emitter.shape([node.inputs[1]!.shape[0]!, 1]);
    const column = emitter.node('Reshape', [labels!, rows]);
    const one = emitter.constant(node.inputs[0]!.dtype, [], [1]);
    const updates = emitter.node('Reshape', [emitter.node('Sub', [values!, one]), rows]);
    return [emitter.node('ScatterElements', [x!, column, updates], { axis: 1 })];
  },
  gradient: ({ inputs, upstream }) => {
    const picked = sum(mul(upstream[0]!, oneHot(inputs[1]!, inputs[0]!)), [-1]);
    const others = sub(upstream[0]!, mul(upstream[0]!, oneHot(inputs[1]!, inputs[0]!)));
    return [others, undefined, picked];
  },
});

function oneHot(labels: Tensor, like: Tensor): Tensor {
  const [rows, classes] = like.shape as [Dim, Dim];
  const hit = equal(reshape(labels, [rows, 1]), reshape(positions(classes), [1, classes]));
  return cast(hit, like.dtype);
}

/**
 * The gradient of cross-entropy: x with `values` − 1 at each row's label. The values of x there are given, because reading
 * them from the logits lets the runtime free the logits before this copy is made: at a large vocabulary a third of the peak memory.
 * x [tokens, classes], labels [tokens] int32, values [tokens].
 */
export function subtractOneHot(x: Tensor, labels: Tensor, values: Tensor): Tensor {
  return subtractOneHotOp([x, labels, values])[0]!;
}
