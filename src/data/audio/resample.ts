import { requireOptions } from '../../tensor/requireOptions.js';
import type { Recording } from './recording.js';

/** Zero crossings of the filter on each side. */
const CROSSINGS = 6;
/** Where the filter ends, as a share of the highest frequency that both rates can hold: room for its slope. */
const ROLLOFF = 0.99;

/**
 * A recording at another rate, by a windowed sinc filter: at each new moment the samples around it are weighed by
 * s · sinc(s·t) · cos²(π·s·t ÷ 2z), t in samples, |s·t| < z = 6, with s = 0.99 · min(1, to ÷ from). What the lower rate cannot
 * hold is filtered away, which interpolating between neighbours would fold back into the sound. The formula and its constants
 * are those of torchaudio's `resample`.
 * @throws UserError for a rate that is no whole number from 1.
 */
export function resample({ samples, rate }: Recording, to: number): Recording {
  requireOptions('resample', 'a whole number from 1', { rate, to });
  if (rate === to) return { samples, rate };
  const divisor = greatestDivisor(rate, to);
  // Moments repeat: every `phases` new samples are `step` old ones.
  const [step, phases] = [rate / divisor, to / divisor];
  const filters = Array.from({ length: phases }, (_, phase) => filterAt((phase * step) / phases, to / rate));
  const result = new Float32Array(Math.ceil((samples.length * to) / rate));
  for (let i = 0; i < result.length; i++) {
    const { first, weights } = filters[i % phases]!;
    const start = Math.floor(i / phases) * step + first;
    let sum = 0;
    for (let k = Math.max(0, -start); k < weights.length && start + k < samples.length; k++)
      sum += weights[k]! * samples[start + k]!;
    result[i] = sum;
  }
  return { samples: result, rate: to };
}

/** Weights of the samples around a moment. @param ratio of the new rate to the old. */
function filterAt(moment: number, ratio: number): { first: number; weights: Float64Array } {
  const scale = ROLLOFF * Math.min(1, ratio);
  const reach = CROSSINGS / scale;
  const first = Math.ceil(moment - reach);
  const weights = Float64Array.from({ length: Math.floor(moment + reach) - first + 1 }, (_, k) => {
    const t = (first + k - moment) * scale;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    return scale * sinc * Math.cos((Math.PI * t) / (2 * CROSSINGS)) ** 2;
  });
  return { first, weights };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
