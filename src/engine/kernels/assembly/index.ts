// AssemblyScript (WebAssembly SIMD), not TypeScript: compiled by scripts/build-kernels.mjs into ../generated.ts.
// Every function works on one chunk of a job, so that threads can share the chunks out among themselves; what a
// chunk computes does not depend on who computes it. ../plain.ts is the same arithmetic in the same order.

/** Values in a chunk of a flat array; also the block over which a sum is accumulated. Equal to CHUNK in ../chunks.ts. */
const CHUNK: i32 = 65536;

function chunkEnd(chunk: i32, length: i32): i32 {
  return min((chunk + 1) * CHUNK, length);
}

function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

function squares(address: usize, sum: v128, half: bool): v128 {
  const x = f64x2.promote_low_f32x4(half ? v128.load64_zero(address, 8) : v128.load64_zero(address));
  return f64x2.add(sum, f64x2.mul(x, x));
}

/** partials[chunk] = Σ x² of the chunk: eight float64 sums of every eighth value, added pairwise at the end. */
export function sumOfSquares(chunk: i32, x: usize, length: i32, partials: usize): void {
  const end = chunkEnd(chunk, length);
  let i = chunk * CHUNK;
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  let s45 = f64x2.splat(0);
  let s67 = f64x2.splat(0);
  for (; i + 8 <= end; i += 8) {
    const address = at(x, i);
    s01 = squares(address, s01, false);
    s23 = squares(address, s23, true);
    s45 = squares(address + 16, s45, false);
    s67 = squares(address + 16, s67, true);
  }
  const sums = f64x2.add(f64x2.add(s01, s23), f64x2.add(s45, s67));
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; i < end; i++) {
    const value = <f64>load<f32>(at(x, i));
    sum += value * value;
  }
  store<f64>(partials + ((<usize>chunk) << 3), sum);
}

/** Adam(W): the formula stands at Kernels.adam in ../../engine.ts; l2 is 0 when the decay is decoupled, else keep is 1. */
export function adam(
  chunk: i32,
  length: i32,
  parameters: usize,
  gradients: usize,
  firstMoment: usize,
  secondMoment: usize,
  gradientScale: f32,
  l2: f32,
  keep: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  stepSize: f32,
  rootScale: f32,
  epsilon: f32,
): void {
  const end = chunkEnd(chunk, length);
  let i = chunk * CHUNK;
  const scales = f32x4.splat(gradientScale);
  const l2s = f32x4.splat(l2);
  const keeps = f32x4.splat(keep);
  const beta1s = f32x4.splat(beta1);
  const rest1s = f32x4.splat(rest1);
  const beta2s = f32x4.splat(beta2);
  const rest2s = f32x4.splat(rest2);
  const stepSizes = f32x4.splat(stepSize);
  const rootScales = f32x4.splat(rootScale);
  const epsilons = f32x4.splat(epsilon);
  for (; i + 4 <= end; i += 4) {
    const p = v128.load(at(parameters, i));
    const g = f32x4.add(f32x4.mul(v128.load(at(gradients, i)), scales), f32x4.mul(p, l2s));
    const m = f32x4.add(f32x4.mul(v128.load(at(firstMoment, i)), beta1s), f32x4.mul(g, rest1s));
    const v = f32x4.add(
      f32x4.mul(v128.load(at(secondMoment, i)), beta2s),
      f32x4.mul(f32x4.mul(g, g), rest2s),
    );
    v128.store(at(firstMoment, i), m);
    v128.store(at(secondMoment, i), v);
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(v), rootScales), epsilons);
    v128.store(at(parameters, i), f32x4.sub(f32x4.mul(p, keeps), f32x4.div(f32x4.mul(m, stepSizes), root)));
  }
  for (; i < end; i++) {
    const p = load<f32>(at(parameters, i));
    const g = load<f32>(at(gradients, i)) * gradientScale + p * l2;
    const m = load<f32>(at(firstMoment, i)) * beta1 + g * rest1;
    const v = load<f32>(at(secondMoment, i)) * beta2 + g * g * rest2;
    store<f32>(at(firstMoment, i), m);
    store<f32>(at(secondMoment, i), v);
    store<f32>(at(parameters, i), p * keep - (m * stepSize) / (sqrt<f32>(v) * rootScale + epsilon));
  }
}

/** SGD without momentum. */
export function sgd(
  chunk: i32,
  length: i32,
  parameters: usize,
  gradients: usize,
  gradientScale: f32,
  weightDecay: f32,
  learningRate: f32,
): void {
  const end = chunkEnd(chunk, length);
  let i = chunk * CHUNK;
  const scales = f32x4.splat(gradientScale);
  const decays = f32x4.splat(weightDecay);
  const rates = f32x4.splat(learningRate);
  for (; i + 4 <= end; i += 4) {
    const p = v128.load(at(parameters, i));
    const d = f32x4.add(f32x4.mul(v128.load(at(gradients, i)), scales), f32x4.mul(p, decays));
    v128.store(at(parameters, i), f32x4.sub(p, f32x4.mul(d, rates)));
  }
  for (; i < end; i++) {
    const p = load<f32>(at(parameters, i));
    const d = load<f32>(at(gradients, i)) * gradientScale + p * weightDecay;
    store<f32>(at(parameters, i), p - d * learningRate);
  }
}

/** SGD with momentum; at the first step the buffer is set, whatever it held. */
export function sgdMomentum(
  chunk: i32,
  length: i32,
  parameters: usize,
  gradients: usize,
  buffer: usize,
  gradientScale: f32,
  weightDecay: f32,
  learningRate: f32,
  momentum: f32,
  nesterov: i32,
  first: i32,
): void {
  const end = chunkEnd(chunk, length);
  let i = chunk * CHUNK;
  const scales = f32x4.splat(gradientScale);
  const decays = f32x4.splat(weightDecay);
  const rates = f32x4.splat(learningRate);
  const momenta = f32x4.splat(momentum);
  for (; i + 4 <= end; i += 4) {
    const p = v128.load(at(parameters, i));
    const d = f32x4.add(f32x4.mul(v128.load(at(gradients, i)), scales), f32x4.mul(p, decays));
    const b = first ? d : f32x4.add(f32x4.mul(v128.load(at(buffer, i)), momenta), d);
    v128.store(at(buffer, i), b);
    const s = nesterov ? f32x4.add(d, f32x4.mul(b, momenta)) : b;
    v128.store(at(parameters, i), f32x4.sub(p, f32x4.mul(s, rates)));
  }
  for (; i < end; i++) {
    const p = load<f32>(at(parameters, i));
    const d = load<f32>(at(gradients, i)) * gradientScale + p * weightDecay;
    const b = first ? d : load<f32>(at(buffer, i)) * momentum + d;
    store<f32>(at(buffer, i), b);
    const s = nesterov ? d + b * momentum : b;
    store<f32>(at(parameters, i), p - s * learningRate);
  }
}

/** target = keep · target + add · source. */
export function blend(chunk: i32, length: i32, target: usize, source: usize, keep: f32, add: f32): void {
  const end = chunkEnd(chunk, length);
  let i = chunk * CHUNK;
  const keeps = f32x4.splat(keep);
  const adds = f32x4.splat(add);
  for (; i + 4 <= end; i += 4) {
    const kept = f32x4.mul(v128.load(at(target, i)), keeps);
    v128.store(at(target, i), f32x4.add(kept, f32x4.mul(v128.load(at(source, i)), adds)));
  }
  for (; i < end; i++)
    store<f32>(at(target, i), load<f32>(at(target, i)) * keep + load<f32>(at(source, i)) * add);
}

const GOLDEN: i32 = 0x9e3779b9;
const MIX1: i32 = 0x7feb352d;
const MIX2: i32 = 0x846ca68b;

/** Rows [chunk·rowsPerChunk, …) of the mask; a chunk is a number of whole rows. The bits of src/tensor/random.ts. */
export function dropoutMask(
  chunk: i32,
  rowsPerChunk: i32,
  rows: i32,
  width: i32,
  out: usize,
  rowKeys: usize,
  threshold: i32,
  scale: f32,
): void {
  const lastRow = min((chunk + 1) * rowsPerChunk, rows);
  const thresholds = i32x4.splat(threshold);
  const scales = f32x4.splat(scale);
  const steps = i32x4.splat(GOLDEN * 4);
  for (let row = chunk * rowsPerChunk; row < lastRow; row++) {
    const key = load<i32>(at(rowKeys, row));
    const start = at(out, row * width);
    let counters = i32x4.add(i32x4.splat(key), i32x4(GOLDEN, GOLDEN * 2, GOLDEN * 3, GOLDEN * 4));
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      let x = counters;
      x = v128.xor(x, i32x4.shr_u(x, 16));
      x = i32x4.mul(x, i32x4.splat(MIX1));
      x = v128.xor(x, i32x4.shr_u(x, 15));
      x = i32x4.mul(x, i32x4.splat(MIX2));
      x = v128.xor(x, i32x4.shr_u(x, 16));
      v128.store(at(start, j), v128.and(i32x4.ge_u(x, thresholds), scales));
      counters = i32x4.add(counters, steps);
    }
    for (; j < width; j++) {
      let x: u32 = <u32>(key + (j + 1) * GOLDEN);
      x ^= x >> 16;
      x *= <u32>MIX1;
      x ^= x >> 15;
      x *= <u32>MIX2;
      x ^= x >> 16;
      store<f32>(at(start, j), x >= <u32>threshold ? scale : 0);
    }
  }
}
