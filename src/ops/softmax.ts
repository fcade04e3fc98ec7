import { traceError, type Tensor } from '../tensor/tensor.js';
import { add, exp, mul, sub } from './elementwise.js';
import { defineOp } from './registry.js';
import { sum } from './reduce.js';
import { reshape } from './shape.js';

const softmaxOp = defineOp({
  name: 'softmax',
  infer: ([x]) => [x!],
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
  infer: ([x]) => [x!],
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
    return [{ dtype: logits!.dtype, shape: labels!.shape }, logits!];
  },
  emit: (emitter, [logits, labels], node) => {
    const last = emitter.constant('int64', [1], [-1]);
    const column = emitter.node('Reshape', [labels!, emitter.shape([node.inputs[1]!.shape[0]!, 1])]);
    const probabilities = emitter.node('Softmax', [logits!], { axis: -1 });
    // −log p(label) = (max x − x_label) − log max p: never the log of an underflowed probability, whatever the logits.
    const top = emitter.node('ReduceMax', [logits!, last], { keepdims: 1 });
    const topProbability = emitter.node('ReduceMax', [probabilities, last], { keepdims: 1 });
    const picked = emitter.node('GatherElements', [logits!, column], { axis: 1 });
    const loss = emitter.node('Sub', [
      emitter.node('Sub', [top, picked]),
      emitter.node('Log', [topProbability]),
    ]);
    return [emitter.node('Reshape', [loss, emitter.shape(node.inputs[1]!.shape)]), probabilities];
  },
  gradient: ({ inputs, outputs, upstream }) => {
    const rows = inputs[1]!.shape[0]!;
    const direct = upstream[0]
      ? mul(subtractOneHot(outputs[1]!, inputs[1]!), reshape(upstream[0], [rows, 1]))
      : undefined;
    if (!upstream[1]) return [direct, undefined];
    const weighted = mul(upstream[1], outputs[1]!);
    const throughProbabilities = sub(weighted, mul(outputs[1]!, sum(weighted, [-1], true)));
    return [direct ? add(direct, throughProbabilities) : throughProbabilities, undefined];
  },
});

/**
 * Cross-entropy of each row in nats, finite for any finite logits.
 * logits [tokens, classes], labels [tokens] int32 → loss [tokens], and the probabilities softmax(logits).
 */
export function crossEntropy(logits: Tensor, labels: Tensor): { loss: Tensor; probabilities: Tensor } {
  const [loss, probabilities] = crossEntropyOp([logits, labels]);
  return { loss: loss!, probabilities: probabilities! };
}

const subtractOneHotOp = defineOp({
  name: 'subtractOneHot',
  infer: ([x]) => [x!],
  emit: (emitter, [x, labels], node) => {
    const column = emitter.node('Reshape', [labels!, emitter.shape([node.inputs[1]!.shape[0]!, 1])]);
    const picked = emitter.node('GatherElements', [x!, column], { axis: 1 });
    const one = emitter.constant(node.inputs[0]!.dtype, [], [1]);
    return [emitter.node('ScatterElements', [x!, column, emitter.node('Sub', [picked, one])], { axis: 1 })];
  },
  gradient: ({ upstream }) => [upstream[0]!, undefined],
});

/** x with 1 taken away at each row's label: the gradient of cross-entropy.  x [tokens, classes], labels [tokens] int32. */
export function subtractOneHot(x: Tensor, labels: Tensor): Tensor {
  return subtractOneHotOp([x, labels])[0]!;
}
