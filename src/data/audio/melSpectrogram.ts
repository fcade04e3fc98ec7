import { UserError } from '../../tensor/errors.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { FourierTransform } from './fourier.js';
import type { Recording } from './recording.js';

export interface MelOptions {
  /** Frequency bands. */
  readonly bands: number;
  /** Samples from one frame to the next; 10 ms by default. */
  readonly hop?: number;
  /** Samples under the window; 25 ms by default. */
  readonly window?: number;
  /** Samples of a frame that is transformed, a power of two; by default the first that holds the window. */
  readonly size?: number;
  /** In Hz; 0 by default. */
  readonly lowest?: number;
  /** In Hz; half the rate by default, the highest that it can hold. */
  readonly highest?: number;
}

/** What ears hear of a sound, over time. */
export interface Spectrogram {
  readonly bands: number;
  readonly frames: number;
  /** [bands, frames] */
  readonly values: Float32Array;
}

/** Frames of a second by default: one each 10 ms. */
export const FRAMES = 100;

/** The least energy, so that silence has a logarithm. */
const SILENCE = 1e-10;

/**
 * The log-mel spectrogram: frames of the sound, one around every `hop`-th sample (the ends mirrored), under a Hann window; the
 * power |X|² of their Fourier transform; its sums under triangles that stand at equal distances on the mel scale of HTK,
 * m = 2595 · log₁₀(1 + f ÷ 700), each of height 1; of those the natural logarithm, of at least 10⁻¹⁰. These are the values of
 * torchaudio's `MelSpectrogram` with its defaults, of which log(clamp(x, 1e-10)) is taken.
 * @throws UserError when the options do not go together, or the recording is empty.
 */
export function logMelSpectrogram({ samples, rate }: Recording, options: MelOptions): Spectrogram {
  const { bands, hop, window, size, lowest, highest } = withDefaults(options, rate);
  if (samples.length === 0) throw new UserError('logMelSpectrogram: the recording is empty. Leave it out.');
  const transform = new FourierTransform(size);
  const taper = hann(window, size);
  const filters = melFilters({ bands, lowest, highest, rate, bins: size / 2 + 1 });
  const frames = 1 + Math.floor(samples.length / hop);
  const values = new Float32Array(bands * frames);
  const frame = new Float64Array(size);
  const power = new Float64Array(size / 2 + 1);
  for (let t = 0; t < frames; t++) {
    const start = t * hop - size / 2;
    for (let i = 0; i < size; i++) frame[i] = taper[i]! * samples[mirrored(start + i, samples.length)]!;
    transform.power(frame, power);
    filters.forEach(({ first, weights }, band) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * power[first + k]!;
      values[band * frames + t] = Math.log(Math.max(sum, SILENCE));
    });
  }
  return { bands, frames, values };
}

/** What is not said about a spectrogram of a rate. @throws UserError when it does not go together. */
function withDefaults(options: MelOptions, rate: number): Required<MelOptions> {
  const { bands, hop = Math.round(rate / FRAMES), window = Math.round(rate / 40) } = options;
  const { size = 2 ** Math.ceil(Math.log2(Math.max(window, 2))), lowest = 0, highest = rate / 2 } = options;
  requireOptions('logMelSpectrogram', 'a whole number from 1', { rate, bands, hop, window });
  requireOptions('logMelSpectrogram', 'a finite number from 0', { lowest });
  if (window > size)
    throw new UserError(
      `logMelSpectrogram: window is ${window}, longer than the frames of ${size}. Raise size.`,
    );
  if (!(highest > lowest && highest <= rate / 2))
    throw new UserError(
      `logMelSpectrogram: highest is ${highest} Hz; it must lie above lowest (${lowest}) and be at most ${rate / 2}, half the rate.`,
    );
  return { bands, hop, window, size, lowest, highest };
}

/** ½ − ½ cos(2πn ÷ length), in the middle of a frame. */
function hann(length: number, size: number): Float64Array {
  const taper = new Float64Array(size);
  const start = Math.floor((size - length) / 2);
  for (let n = 0; n < length; n++) taper[start + n] = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length);
  return taper;
}

/** The place that stands where a place beyond an end is seen in a mirror on the end's sample. */
function mirrored(place: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((place % period) + period) % period;
  return folded < length ? folded : period - folded;
}

interface Filter {
  /** The first bin with a weight. */
  readonly first: number;
  readonly weights: Float64Array;
}

function melFilters(
  options: Omit<Required<MelOptions>, 'hop' | 'window' | 'size'> & { rate: number; bins: number },
): Filter[] {
  const { bands, lowest, highest, rate, bins } = options;
  const [from, to] = [toMel(lowest), toMel(highest)];
  const corners = Array.from({ length: bands + 2 }, (_, i) =>
    toHertz(from + ((to - from) * i) / (bands + 1)),
  );
  return Array.from({ length: bands }, (_, band) => {
    const [left, top, right] = corners.slice(band, band + 3) as [number, number, number];
    const weights = Float64Array.from({ length: bins }, (_, bin) => {
      const frequency = (bin * (rate / 2)) / (bins - 1);
      return Math.max(0, Math.min((frequency - left) / (top - left), (right - frequency) / (right - top)));
    });
    const first = Math.max(
      0,
      weights.findIndex((weight) => weight > 0),
    );
    const end = weights.findLastIndex((weight) => weight > 0) + 1;
    return { first, weights: weights.slice(first, end) };
  });
}

function toMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

function toHertz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
