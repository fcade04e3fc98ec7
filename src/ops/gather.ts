import { product, type Dim } from '../tensor/dim.js';
import { traceError, type Tensor } from '../tensor/tensor.js';
import { defineOp } from './registry.js';
import { reshape } from './shape.js';

const embeddingOp = defineOp({
  name: 'embedding',
  infer: ([table, ids]) => {
    if (ids!.dtype !== 'int32') throw traceError('embedding', `ids must be int32, got ${ids!.dtype}.`);
    return [{ dtype: table!.dtype, shape: [...ids!.shape, ...table!.shape.slice(1)] }];
  },
  emit: (emitter, inputs) => [emitter.node('Gather', inputs, { axis: 0 })],
  gradient: ({ inputs, upstream }) => [
    embeddingGradient(inputs[1]!, upstream[0]!, inputs[0]!.shape[0]!),
    undefined,
  ],
});

/** Rows of a table by id.  table [vocabulary, D], ids [...] int32 → [..., D]. */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  return embeddingOp([table, ids])[0]!;
}

/** Up to this many rows a product with a one-hot matrix beats a scatter, and uses every core. */
const oneHotLimit = 256;

const embeddingGradientOp = defineOp({
  name: 'embeddingGradient',
  infer: ([, dy], { vocabulary }) => [{ dtype: dy!.dtype, shape: [vocabulary as Dim, dy!.shape[1]!] }],
  emit: (emitter, [ids, dy], node) => {
    const vocabulary = node.attributes['vocabulary'] as number;
    const [idTensor, dyTensor] = node.inputs as [Tensor, Tensor];
    if (vocabulary <= oneHotLimit) {
      const rows = emitter.constant(
        'int32',
        [vocabulary, 1],
        Array.from({ length: vocabulary }, (_, i) => i),
      );
      const oneHot = emitter.node('Cast', [emitter.node('Equal', [rows, ids!])], {
        to: emitter.typeCode(dyTensor.dtype),
      });
      return [emitter.node('MatMul', [oneHot, dy!])];
    }
    // ScatterND with reduction loses updates of repeated ids when ORT's CPU runs it on several threads; this one does not.
    const zeros = emitter.node('Expand', [
      emitter.constant(dyTensor.dtype, [1, 1], [0]),
      emitter.shape([vocabulary, dyTensor.shape[1]!]),
    ]);
    const column = emitter.node('Reshape', [ids!, emitter.shape([idTensor.shape[0]!, 1])]);
    const indices = emitter.node('Expand', [column, emitter.shape(dyTensor.shape)]);
    return [emitter.node('ScatterElements', [zeros, indices, dy!], { axis: 0, reduction: 'add' })];
  },
  gradient: ({ inputs, upstream }) => [undefined, embedding(upstream[0]!, inputs[0]!)],
});

/** Sums the rows of `dy` by id: ids [...], dy [..., D] → [vocabulary, D]. Repeated ids add up. */
export function embeddingGradient(ids: Tensor, dy: Tensor, vocabulary: Dim): Tensor {
  const rows = product(ids.shape);
  return embeddingGradientOp([reshape(ids, [rows]), reshape(dy, [rows, dy.shape.at(-1)!])], {
    vocabulary,
  })[0]!;
}

const packRowsOp = defineOp({
  name: 'packRows',
  infer: ([x, rows]) => [{ dtype: x!.dtype, shape: [rows!.shape[0]!, x!.shape[1]!] }],
  emit: (emitter, [x, rows]) => [emitter.node('Gather', [x!, rows!], { axis: 0 })],
  gradient: ({ inputs, upstream }) => [
    unpackRows(upstream[0]!, inputs[1]!, inputs[2]!),
    undefined,
    undefined,
  ],
});

/**
 * Keeps the rows of real tokens, so that what follows does no work on padding.
 * x [positions, D], rows [tokens] (indices of the real positions), slots [positions] (1 + index into `rows`, 0 at padding) → [tokens, D].
 */
export function packRows(x: Tensor, rows: Tensor, slots: Tensor): Tensor {
  return packRowsOp([x, rows, slots])[0]!;
}

const unpackRowsOp = defineOp({
  name: 'unpackRows',
  infer: ([x, , slots]) => [{ dtype: x!.dtype, shape: [slots!.shape[0]!, x!.shape[1]!] }],
  emit: (emitter, [x, , slots], node) => {
    const source = node.inputs[0]!;
    const width = source.shape[1] as number;
    const zero = emitter.constant(source.dtype, [1, width], new Array<number>(width).fill(0));
    return [emitter.node('Gather', [emitter.node('Concat', [zero, x!], { axis: 0 }), slots!], { axis: 0 })];
  },
  gradient: ({ inputs, upstream }) => [packRows(upstream[0]!, inputs[1]!, inputs[2]!), undefined, undefined],
});

/** The inverse of `packRows`: x [tokens, D] → [positions, D], zeros at padding. */
export function unpackRows(x: Tensor, rows: Tensor, slots: Tensor): Tensor {
  return unpackRowsOp([x, rows, slots])[0]!;
}

const reverseSequenceOp = defineOp({
  name: 'reverseSequence',
  infer: ([x, lengths]) => {
    if (x!.rank < 2 || lengths!.rank !== 1 || lengths!.shape[0] !== x!.shape[1])
      throw traceError(
        'reverseSequence',
        `takes [time, batch, ...] and lengths [batch], got ${x!} and ${lengths!}.`,
      );
    return [x!];
  },
  emit: (emitter, [x, lengths]) => {
    const wide = emitter.node('Cast', [lengths!], { to: emitter.typeCode('int64') });
    return [emitter.node('ReverseSequence', [x!, wide], { time_axis: 0, batch_axis: 1 })];
  },
  gradient: ({ inputs, upstream }) => [reverseSequence(upstream[0]!, inputs[1]!), undefined],
});

/** Reverses each sequence within its length and leaves the padding in place.  x [time, batch, ...], lengths [batch] int32. */
export function reverseSequence(x: Tensor, lengths: Tensor): Tensor {
  return reverseSequenceOp([x, lengths])[0]!;
}

const topKOp = defineOp({
  name: 'topK',
  infer: ([x], { k }) => {
    const shape = [...x!.shape.slice(0, -1), k as number];
    return [
      { dtype: x!.dtype, shape },
      { dtype: 'int32', shape },
    ];
  },
  emit: (emitter, [x], node) => {
    const k = emitter.constant('int64', [1], [node.attributes['k'] as number]);
    const [values, indices] = emitter.nodes('TopK', [x!, k], { axis: -1, largest: 1, sorted: 1 }, 2);
    return [values!, emitter.node('Cast', [indices!], { to: emitter.typeCode('int32') })];
  },
  gradient: 'none',
});

/** The k largest values along the last axis, descending, with their indices (int32). */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const [values, indices] = topKOp([x], { k });
  return { values: values!, indices: indices! };
}
