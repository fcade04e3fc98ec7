import { randomNormal, randomUniform } from '../tensor/random.js';

/**
 * Writes the first values of a parameter, row-major in its shape, drawn from the stream of `key` (see tensor/random).
 * Fans follow PyTorch: of a weight [output, input, ...] fan-in is input · ..., fan-out output · ....
 */
export type Initializer = (values: Float32Array, key: number, shape: readonly number[]) => void;

export const zeros: Initializer = (values) => void values.fill(0);
export const ones: Initializer = (values) => void values.fill(1);

/** Uniform in [−bound, bound). */
export function uniform(bound: number): Initializer {
  return (values, key) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * randomUniform(key, i) - 1) * bound;
  };
}

/** Normal with mean 0. */
export function gaussian(deviation: number): Initializer {
  return (values, key) => {
    for (let i = 0; i < values.length; i++) values[i] = randomNormal(key, i) * deviation;
  };
}

/** Uniform in ±1/√fan: PyTorch's default for linear (fan = inputs) and recurrent layers (fan = hidden units). */
export function fanUniform(fan: number): Initializer {
  return uniform(1 / Math.sqrt(fan));
}

/** [fan-in, fan-out]. @throws RangeError for a parameter with fewer than two axes. */
function fans(shape: readonly number[]): [number, number] {
  const [output, input, ...field] = shape;
  if (output === undefined || input === undefined)
    throw new RangeError(
      `A parameter [${shape.join(', ')}] has no fan-in and fan-out; use zeros, uniform or gaussian.`,
    );
  const size = field.reduce((a, b) => a * b, 1);
  return [input * size, output * size];
}

/** Uniform in ±√(6 ÷ (fan-in + fan-out)): keeps the variance of values and gradients (Glorot & Bengio 2010). */
export const xavierUniform: Initializer = (values, key, shape) => {
  const [fanIn, fanOut] = fans(shape);
  uniform(Math.sqrt(6 / (fanIn + fanOut)))(values, key, shape);
};

/** Normal with deviation √(2 ÷ (fan-in + fan-out)) (Glorot & Bengio 2010). */
export const xavierGaussian: Initializer = (values, key, shape) => {
  const [fanIn, fanOut] = fans(shape);
  gaussian(Math.sqrt(2 / (fanIn + fanOut)))(values, key, shape);
};

/** Uniform in ±√(6 ÷ fan-in): keeps the variance through relu (He et al. 2015). */
export const kaimingUniform: Initializer = (values, key, shape) => {
  uniform(Math.sqrt(6 / fans(shape)[0]))(values, key, shape);
};

/** Normal with deviation √(2 ÷ fan-in) (He et al. 2015). */
export const kaimingGaussian: Initializer = (values, key, shape) => {
  gaussian(Math.sqrt(2 / fans(shape)[0]))(values, key, shape);
};

/**
 * Orthonormal rows, or columns where there are more rows, times `gain` (Saxe et al. 2014): a random matrix made
 * orthogonal by Gram–Schmidt.
 */
export function orthogonal(gain = 1): Initializer {
  return (values, key, shape) => {
    fans(shape);
    const rows = shape[0]!;
    const columns = values.length / rows;
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const vectors = Array.from({ length: count }, (_, v) =>
      Float64Array.from({ length }, (_, i) => randomNormal(key, v * length + i)),
    );
    vectors.forEach((vector, v) => {
      // Twice, because once leaves rounding of the order of the vector's overlap.
      for (let pass = 0; pass < 2; pass++)
        for (const other of vectors.slice(0, v)) {
          const overlap = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
          vector.forEach((value, i) => (vector[i] = value - overlap * other[i]!));
        }
      const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
      vector.forEach((value, i) => (vector[i] = value / norm));
    });
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        values[r * columns + c] = gain * (rows <= columns ? vectors[r]![c]! : vectors[c]![r]!);
  };
}

/**
 * Given values, row-major.
 * @throws RangeError (when the parameter is drawn) unless there is one for each value of the parameter.
 */
export function given(source: ArrayLike<number>): Initializer {
  return (values, _, shape) => {
    if (source.length !== values.length)
      throw new RangeError(
        `${source.length} values were given for a parameter [${shape.join(', ')}] of ${values.length}.`,
      );
    values.set(source);
  };
}
