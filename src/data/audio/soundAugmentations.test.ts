import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../engine/engine.js';
import { randomKey, randomNormal } from '../../tensor/random.js';
import type { Augmentation } from '../augmentedData.js';
import { logMelSpectrogram } from './melSpectrogram.js';
import { addSoundNoise, maskSpectrogram, shiftTime } from './soundAugmentations.js';

/** What becomes of one picture [bands, time] under many keys. */
function changed(
  values: ArrayLike<number>,
  bands: number,
  augmentation: Augmentation,
  keys = 200,
): Float32Array[] {
  return Array.from({ length: keys }, (_, i) => {
    const data = Float32Array.from(values);
    const image: HostTensor = { dtype: 'float32', shape: [1, 1, bands, data.length / bands], data };
    augmentation({ image }, [randomKey(i)], Int32Array.of(0));
    return data;
  });
}

describe('shifts in time', () => {
  const whole = [1, 2, -3, 4, 5, 6, -7, 8];

  it('move all bands alike, with silence coming in at either end', () => {
    const pictures = changed(whole, 2, shiftTime({ frames: 2 })).map((picture) => picture.join());
    expect(new Set(pictures)).toEqual(
      new Set([
        '-3,4,-3,-3,-7,8,-7,-7',
        '2,-3,4,-3,6,-7,8,-7',
        whole.join(),
        '-3,1,2,-3,-7,5,6,-7',
        '-3,-3,1,2,-7,-7,5,6',
      ]),
    );
  });

  it('leave nothing after the end of a short recording', () => {
    const pictures = changed([1, -2, 0, 0, 5, 6, 0, 0], 2, shiftTime({ frames: 1 })).map((picture) =>
      picture.join(),
    );
    expect(new Set(pictures)).toEqual(new Set(['-2,0,0,0,6,0,0,0', '1,-2,0,0,5,6,0,0', '-2,1,-2,0,5,5,6,0']));
  });

  it('leave silence as it is, and may be longer than the picture', () => {
    for (const picture of changed([0, 0, 0, 0], 2, shiftTime({ frames: 3 })))
      expect([...picture]).toEqual([0, 0, 0, 0]);
    const far = changed([1, 2, 3, 4], 2, shiftTime({ frames: 50 })).map((picture) => picture.join());
    expect(new Set(far)).toContain('1,1,3,3');
  });
});

describe('noise on sounds', () => {
  const [rate, bands] = [8000, 20];
  /** A tone that swells over a faint hiss, a second long. */
  const sound = Float32Array.from(
    { length: rate },
    (_, i) => 0.3 * (i / rate) * Math.sin((2 * Math.PI * 700 * i) / rate) + 1e-4 * randomNormal(5, i),
  );
  const energiesOf = (samples: Float32Array) => logMelSpectrogram({ samples, rate }, { bands });
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  const deviationOf = (values: ArrayLike<number>) => {
    const middle = mean(values);
    return Math.sqrt(mean(Array.from(values, (value) => (value - middle) ** 2)));
  };
  const pictureOf = (samples: Float32Array) => {
    const { values } = energiesOf(samples);
    const [middle, deviation] = [mean(values), deviationOf(values)];
    return { deviation, values: values.map((value) => (value - middle) / deviation) };
  };
  const clean = pictureOf(sound);
  const frames = clean.values.length / bands;
  const bandOf = (values: Float32Array, band: number) => values.subarray(band * frames, (band + 1) * frames);
  const noisy = (snr: [number, number]) =>
    addSoundNoise({ snr, sounds: { rate, deviations: [clean.deviation] } });

  it.each([0, 20])('are as if they had been added to the samples: %i dB', (decibels) => {
    const unit = Float32Array.from({ length: rate }, (_, i) => randomNormal(17, i));
    const ratio = mean(energiesOf(sound).values.map(Math.exp)) / mean(energiesOf(unit).values.map(Math.exp));
    const variance = ratio / 10 ** (decibels / 10);
    const real = Array.from({ length: 8 }, (_, n) =>
      pictureOf(sound.map((sample, i) => sample + Math.sqrt(variance) * randomNormal(randomKey(9, n), i))),
    );
    const made = changed(clean.values, bands, noisy([decibels, decibels]), 8);
    let most = 0;
    for (let band = 0; band < bands; band++) {
      const expected = mean(real.map(({ values }) => mean(bandOf(values, band))));
      expect(Math.abs(mean(made.map((values) => mean(bandOf(values, band)))) - expected)).toBeLessThan(0.08);
      const spread = mean(real.map(({ values }) => deviationOf(bandOf(values, band))));
      expect(Math.abs(mean(made.map((values) => deviationOf(bandOf(values, band)))) - spread)).toBeLessThan(
        0.08,
      );
      most = Math.max(most, Math.abs(mean(bandOf(clean.values, band)) - expected));
    }
    // Without the noise it would be another picture.
    expect(most).toBeGreaterThan(0.3);
  });

  it('are drawn anew for each key, of mean 0 and deviation 1', () => {
    const pictures = changed(clean.values, bands, noisy([0, 40]), 20);
    expect(new Set(pictures.map((picture) => picture.join())).size).toBe(20);
    for (const picture of pictures) {
      expect(mean(picture)).toBeCloseTo(0, 4);
      expect(deviationOf(picture)).toBeCloseTo(1, 4);
    }
    const faint = changed(clean.values, bands, noisy([120, 120]), 1)[0]!;
    faint.forEach((value, i) => expect(value).toBeCloseTo(clean.values[i]!, 3));
  });

  it('end where a recording does, and are not in silence', () => {
    const short = Float32Array.from({ length: 2 * bands * frames }, (_, i) => {
      const t = i % (2 * frames);
      return t < frames ? clean.values[Math.floor(i / (2 * frames)) * frames + t]! : 0;
    });
    const [picture] = changed(short, bands, noisy([5, 5]), 1);
    const [whole] = changed(clean.values, bands, noisy([5, 5]), 1);
    picture!.forEach((value, i) => {
      const [band, t] = [Math.floor(i / (2 * frames)), i % (2 * frames)];
      expect(value).toBe(t < frames ? whole![band * frames + t] : 0);
    });
    const silent = addSoundNoise({ snr: [5, 5], sounds: { rate, deviations: [0] } });
    expect(changed(new Float32Array(bands * 4), bands, silent, 1)[0]!.every((value) => value === 0)).toBe(
      true,
    );
  });
});

it('hides bands and stretches of time, up to their widths', () => {
  const [bands, time] = [10, 30];
  const pictures = changed(
    new Float32Array(bands * time).fill(1),
    bands,
    maskSpectrogram({ bands: 3, frames: 8 }),
    400,
  );
  const found = pictures.map((picture) => {
    const rows = Array.from({ length: bands }, (_, band) => picture.subarray(band * time, (band + 1) * time));
    const hidden = rows.flatMap((row, band) => (row.every((value) => value === 0) ? [band] : []));
    const others = rows.filter((_, band) => !hidden.includes(band));
    for (const row of others) expect(row.join()).toBe(others[0]!.join());
    const gone = Array.from(others[0]!).flatMap((value, t) => (value === 0 ? [t] : []));
    for (const span of [hidden, gone])
      if (span.length > 0) expect(span.at(-1)! - span[0]!).toBe(span.length - 1);
    return { hidden, gone };
  });
  expect(new Set(found.map(({ hidden }) => hidden.length))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(found.map(({ gone }) => gone.length))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  expect(new Set(found.flatMap(({ hidden }) => hidden)).size).toBe(bands);
  expect(new Set(found.flatMap(({ gone }) => gone)).size).toBe(time);
  // Two of a kind may hide more, and time is hidden where the recording is.
  const twice = changed(
    new Float32Array(bands * time).fill(1),
    bands,
    maskSpectrogram({ bands: 0, frames: 4, masks: 2 }),
  );
  const most = twice.map((picture) => picture.subarray(0, time).filter((value) => value === 0).length);
  expect(Math.max(...most)).toBe(8);
});

it.each([
  [() => shiftTime({ frames: 0 }), 'shiftTime: frames is 0'],
  [
    () => addSoundNoise({ snr: [5, NaN], sounds: { rate: 8000, deviations: [] } }),
    'addSoundNoise: snr[1] is NaN',
  ],
  [
    () => addSoundNoise({ snr: [9, 5], sounds: { rate: 8000, deviations: [] } }),
    'snr is [9, 5]; the least ratio comes first',
  ],
  [() => maskSpectrogram({ bands: -1, frames: 3 }), 'maskSpectrogram: bands is -1'],
  [() => maskSpectrogram({ bands: 1, frames: 3, masks: 0 }), 'maskSpectrogram: masks is 0'],
])('says what cannot be', (make, message) => {
  expect(make).toThrow(message);
});
