import { gradients } from '../../src/autodiff/gradients.js';
import { add, mul } from '../../src/ops/elementwise.js';
import { sum } from '../../src/ops/reduce.js';
import { isFloat } from '../../src/tensor/dtype.js';
import { input } from '../../src/tensor/tensor.js';
import { largestError } from './closeTo.js';
import type { Draw } from './draw.js';
import { compile, type Value, type Values } from './evaluate.js';
import type { OpCase } from './opCase.js';

/** Of central differences: the error of the formula (∼h²) and of the rounding (∼10⁻¹⁶ ÷ h) both stay below 10⁻⁸. */
const STEP = 1e-5;

/** The largest errors of a case, relative to max(1, |size|). */
export interface GradientErrors {
  /** Gradients in float64 against central differences. */
  readonly gradient: number;
  /** Outputs and gradients in float32 against float64. */
  readonly float32: number;
}

const record = <T>(prefix: string, values: readonly T[]) =>
  Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));

/** Differentiates loss = Σ output ⊙ R, with random R, by every float input of the case. */
export async function checkGradients({ outputs, inputs }: OpCase, draw: Draw): Promise<GradientErrors> {
  const floats = outputs.filter((x) => isFloat(x.dtype));
  const weights = floats.map((x, i) => input(`weight${i}`, x.dtype, x.shape));
  const loss = floats.map((x, i) => sum(mul(x, weights[i]!))).reduce((a, b) => add(a, b));
  const wanted = inputs.filter((x) => isFloat(x.tensor.dtype));
  const found = gradients(
    loss,
    wanted.map((x) => x.tensor),
  );
  const values: Values = Object.fromEntries(inputs.map((x) => [x.name, x.value]));

  const forward = await compile(record('output', floats), { precision: 'float64' });
  const exact = await forward(values);
  const drawn = floats.map((_, i) => draw.normal(exact[`output${i}`]!.shape));
  const lossAt = async (at: Values): Promise<number> => {
    const results = await forward(at);
    return drawn.reduce((total, weight, i) => total + dot(results[`output${i}`]!, weight), 0);
  };
  const numeric: Value[] = [];
  for (const { name, value } of wanted) {
    const slopes: number[] = [];
    for (let i = 0; i < value.values.length; i++) {
      const [above, below] = [STEP, -STEP].map((step) =>
        lossAt({ ...values, [name]: moved(value, i, step) }),
      );
      slopes.push(((await above!) - (await below!)) / (2 * STEP));
    }
    numeric.push({ shape: value.shape, values: slopes });
  }

  const all = { ...values, ...record('weight', drawn) };
  const everything = { ...record('gradient', found), ...record('output', floats) };
  const inFloat64 = await (await compile(everything, { precision: 'float64' }))(all);
  const inFloat32 = await (await compile(everything))(all);
  return {
    gradient: Math.max(...numeric.map((value, i) => errorOf(inFloat64[`gradient${i}`]!, value))),
    float32: Math.max(...Object.entries(inFloat64).map(([name, value]) => errorOf(inFloat32[name]!, value))),
  };
}

function errorOf(actual: Value, expected: Value): number {
  if (actual.shape.join() !== expected.shape.join())
    throw new Error(`A value has the shape [${actual.shape.join()}], expected [${expected.shape.join()}].`);
  return largestError(actual.values, expected.values);
}

function dot(a: Value, b: Value): number {
  let total = 0;
  for (let i = 0; i < a.values.length; i++) total += a.values[i]! * b.values[i]!;
  return total;
}

/** The value with its entry `index` moved by `step`. */
function moved(value: Value, index: number, step: number): Value {
  const values = Array.from(value.values);
  values[index]! += step;
  return { shape: value.shape, values };
}
