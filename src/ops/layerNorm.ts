import { traceError, type Tensor } from '../tensor/tensor.js';
import { add, mul, sub } from './elementwise.js';
import { defineOp, type Emitter } from './registry.js';
import { sum, sumTo } from './reduce.js';

/** The formula from its parts, in float64: ONNX's LayerNormalization gives its statistics in float32 at best. */
function emitParts(
  emitter: Emitter,
  [x, scale, shift]: readonly [string, string, string],
  epsilon: number,
): string[] {
  const last = emitter.constant('int64', [1], [-1]);
  const average = (value: string) => emitter.node('ReduceMean', [value, last], { keepdims: 1 });
  const mean = average(x);
  const centred = emitter.node('Sub', [x, mean]);
  const variance = average(emitter.node('Mul', [centred, centred]));
  const raised = emitter.node('Add', [variance, emitter.constant('float64', [], [epsilon])]);
  const inverseDeviation = emitter.node('Reciprocal', [emitter.node('Sqrt', [raised])]);
  const scaled = emitter.node('Mul', [emitter.node('Mul', [centred, inverseDeviation]), scale]);
  return [emitter.node('Add', [scaled, shift]), mean, inverseDeviation];
}

const layerNormOp = defineOp({
  name: 'layerNorm',
  infer: ([x, scale, shift]) => {
    const features = x!.shape.at(-1);
    if (typeof features !== 'number' || scale!.shape[0] !== features || shift!.shape[0] !== features)
      throw traceError('layerNorm', `scale ${scale!} and shift ${shift!} do not fit the features of ${x!}.`);
    const statistics = { dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), 1] };
    return [x!, statistics, statistics];
  },
  emit: (emitter, inputs, node) => {
    const epsilon = node.attributes['epsilon'] as number;
    const { dtype } = node.inputs[0]!;
    if (emitter.typeCode(dtype) === emitter.typeCode('float64'))
      return emitParts(emitter, inputs as [string, string, string], epsilon);
    return emitter.nodes('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }, 3);
  },
  gradient: ({ inputs, outputs, upstream, wanted }) => {
    const [x, scale, shift] = inputs as [Tensor, Tensor, Tensor];
    const [, mean, inverseDeviation] = outputs as [Tensor, Tensor, Tensor];
    const dy = upstream[0]!;
    const normalized = mul(sub(x, mean), inverseDeviation);
    const inner = mul(dy, scale);
    const average = (value: Tensor) => mul(sum(value, [-1], true), 1 / (x.shape.at(-1) as number));
    const dx = () =>
      mul(
        inverseDeviation,
        sub(inner, add(average(inner), mul(normalized, average(mul(inner, normalized))))),
      );
    return [
      wanted[0] ? dx() : undefined,
      wanted[1] ? sumTo(mul(dy, normalized), scale.shape) : undefined,
      wanted[2] ? sumTo(dy, shift.shape) : undefined,
    ];
  },
});

/**
 * Layer normalisation over the last axis: (x − mean) ÷ √(variance + ε) · scale + shift (Ba et al. 2016).
 * x [..., D], scale [D], shift [D] → [..., D].
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  return layerNormOp([x, scale, shift], { epsilon })[0]!;
}
