import { UserError } from '../../tensor/errors.js';

/**
 * The discrete Fourier transform of real frames of one size, a power of two: X_k = Σ_n x_n e^(−2πi·kn ÷ size), by the
 * algorithm of Cooley and Tukey (1965) in place.
 */
export class FourierTransform {
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  /** Where each value goes: its index with the bits turned around. */
  private readonly reversed: Uint32Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;

  /** @throws UserError when the size is no power of two from 2. */
  constructor(readonly size: number) {
    const bits = Math.log2(size);
    if (!Number.isInteger(bits) || bits < 1)
      throw new UserError(`FourierTransform: size is ${size}; it must be a power of two, such as 512.`);
    const angles = Float64Array.from({ length: size / 2 }, (_, k) => (-2 * Math.PI * k) / size);
    this.cosines = angles.map(Math.cos);
    this.sines = angles.map(Math.sin);
    this.reversed = new Uint32Array(size);
    for (let i = 1; i < size; i++) this.reversed[i] = (this.reversed[i >> 1]! >> 1) | ((i & 1) << (bits - 1));
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
  }

  /** |X_k|² for k = 0 … size ÷ 2. @param frame [size]. @param power [size ÷ 2 + 1], written. */
  power(frame: Float64Array, power: Float64Array): void {
    const { size, real, imaginary, cosines, sines } = this;
    for (let i = 0; i < size; i++) real[this.reversed[i]!] = frame[i]!;
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half)
        for (let k = 0; k < half; k++) {
          const [even, odd] = [start + k, start + k + half];
          const [cosine, sine] = [cosines[k * stride]!, sines[k * stride]!];
          const re = real[odd]! * cosine - imaginary[odd]! * sine;
          const im = real[odd]! * sine + imaginary[odd]! * cosine;
          real[odd] = real[even]! - re;
          imaginary[odd] = imaginary[even]! - im;
          real[even]! += re;
          imaginary[even]! += im;
        }
    }
    for (let k = 0; k <= size / 2; k++) power[k] = real[k]! ** 2 + imaginary[k]! ** 2;
  }
}
