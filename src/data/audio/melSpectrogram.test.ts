import { describe, expect, it } from 'vitest';
import { readFixture } from '../../../test/support/fixtures.js';
import { FourierTransform } from './fourier.js';
import { logMelSpectrogram, type MelOptions } from './melSpectrogram.js';
import { resample } from './resample.js';

/** The largest difference of two lists of the same length. */
function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < actual.length; i++) largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!));
  return largest;
}

describe('the Fourier transform', () => {
  it.each([2, 8, 64])('of %i values is the sum that defines it', (size) => {
    const frame = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n) + 0.3 * n);
    const power = new Float64Array(size / 2 + 1);
    new FourierTransform(size).power(frame, power);
    const defined = Array.from({ length: size / 2 + 1 }, (_, k) => {
      const sum = (wave: (angle: number) => number) =>
        frame.reduce((total, value, n) => total + value * wave((2 * Math.PI * k * n) / size), 0);
      return sum(Math.cos) ** 2 + sum(Math.sin) ** 2;
    });
    expect(gap(power, defined)).toBeLessThan(1e-9 * Math.max(...defined));
  });

  it('refuses other sizes', () => {
    expect(() => new FourierTransform(400)).toThrow(/size is 400; it must be a power of two/);
  });
});

describe('the log-mel spectrogram', () => {
  it.each<[string, number, MelOptions]>([
    ['plain', 8000, { bands: 20 }],
    ['bounded', 8000, { bands: 12, hop: 100, window: 128, lowest: 100, highest: 3000 }],
    ['short', 16000, { bands: 8 }],
  ])('is that of torchaudio: %s', (name, rate, options) => {
    const { samples, mel } = readFixture(`audio/${name}`);
    const { bands, frames, values } = logMelSpectrogram(
      { samples: Float32Array.from(samples!.values), rate },
      options,
    );
    expect([bands, frames]).toEqual(mel!.shape);
    // Values are stored as float32; they lie between −23.1 and 4.
    expect(gap(values, mel!.values)).toBeLessThan(2e-6);
  });

  it('of silence and of a moment is finite', () => {
    const silence = logMelSpectrogram({ samples: new Float32Array(100), rate: 8000 }, { bands: 4 });
    expect(new Set(silence.values)).toEqual(new Set([Math.fround(Math.log(1e-10))]));
    const moment = logMelSpectrogram({ samples: Float32Array.of(0.5), rate: 8000 }, { bands: 4 });
    expect(moment.frames).toBe(1);
    expect(moment.values.every(Number.isFinite)).toBe(true);
  });

  it.each<[MelOptions, string]>([
    [{ bands: 0 }, 'bands is 0; it must be a whole number from 1'],
    [{ bands: 4, size: 128 }, 'window is 200, longer than the frames of 128'],
    [{ bands: 4, highest: 5000 }, 'highest is 5000 Hz; it must lie above lowest (0) and be at most 4000'],
  ])('refuses %j', (options, message) => {
    const recording = { samples: new Float32Array(100), rate: 8000 };
    expect(() => logMelSpectrogram(recording, options)).toThrow(message);
  });

  it('refuses an empty recording', () => {
    const empty = { samples: new Float32Array(0), rate: 8000 };
    expect(() => logMelSpectrogram(empty, { bands: 4 })).toThrow(/the recording is empty/);
  });
});

describe('resampling', () => {
  const { samples, ...expected } = readFixture('audio/resampled');
  const sound = Float32Array.from(samples!.values);

  it.each(Object.keys(expected))('is that of torchaudio: %s', (rates) => {
    const [from, to] = rates.split('.').map(Number) as [number, number];
    const result = resample({ samples: sound, rate: from }, to);
    expect(result.rate).toBe(to);
    expect(gap(result.samples, expected[rates]!.values)).toBeLessThan(1e-6);
  });

  it('to the same rate changes nothing', () => {
    expect(resample({ samples: sound, rate: 8000 }, 8000).samples).toBe(sound);
  });

  it('filters away what the lower rate cannot hold', () => {
    const tone = (hertz: number) =>
      Float32Array.from({ length: 1600 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 16000));
    const loudness = (hertz: number) => {
      const { samples: low } = resample({ samples: tone(hertz), rate: 16000 }, 8000);
      return Math.max(...low.subarray(100, 700).map(Math.abs));
    };
    expect(loudness(1000)).toBeGreaterThan(0.99);
    expect(loudness(6000)).toBeLessThan(0.01);
  });
});
