import { extendKey, hashText, randomBits, randomUniform } from '../../tensor/random.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import { UserError } from '../../tensor/errors.js';
import type { Augmentation } from '../augmentedData.js';
import { eachExample, offset } from '../eachExample.js';
import { FRAMES, logMelSpectrogram, type Spectrogram } from './melSpectrogram.js';

const noiseKey = hashText('noise on sounds');
/** In frames. */
const MINUTE = 60 * FRAMES;

/** What pictures of recordings do not show. */
export interface RecordedSounds {
  /** Samples of a second. */
  readonly rate: number;
  /** Of each recording, the deviation of its log-mel energies, by which they were divided. */
  readonly deviations: ArrayLike<number>;
}

/**
 * Moves recordings in time, by up to so many frames either way; their bands stay. What comes in is silence as the recording
 * has it: the least value of each band. After the end of a recording that is shorter than its picture there is nothing (0),
 * as before.
 * @param options `input`: of shape [batch, channels, bands, time] as `readRecordings` makes it, 'image' by default.
 * @throws UserError unless `frames` is a whole number from 1.
 */
export function shiftTime({ frames, input = 'image' }: { frames: number; input?: string }): Augmentation {
  requireOptions('shiftTime', 'a whole number from 1', { frames });
  return eachExample(input, ({ values, shape, key }) => {
    const width = shape[2]!;
    const end = endOf(values, width);
    // Silence alone stays what it is.
    if (end === 0) return;
    const by = Math.max(-width, Math.min(offset(key, 0, frames), width));
    for (let start = 0; start < values.length; start += width) {
      const band = values.subarray(start, start + width);
      const silence = band.subarray(0, end).reduce((least, value) => Math.min(least, value), Infinity);
      if (by > 0) band.copyWithin(by, 0).fill(silence, 0, by);
      else if (by < 0) band.copyWithin(0, -by).fill(end < width ? 0 : silence, width + by);
    }
  });
}

/**
 * Adds white noise to sounds, at a signal-to-noise ratio that is drawn for each, in dB. The sounds' samples are not at hand
 * any more, so it is added to their mel energies: E becomes E + σ² N, with the energies N that `logMelSpectrogram` finds in
 * samples of noise, of a minute of which a stretch is drawn for each sound. That is what noise on the samples makes of them,
 * but for the products of sound and noise, whose mean is 0. σ² is such that the mean of E over bands and frames is
 * 10^(ratio ÷ 10) times that of σ² N. Then the logarithms get mean 0 and deviation 1 again. A recording that is all silence
 * stays as it is.
 * @param options `snr`: least and greatest ratio in dB; `input` as {@link shiftTime} has it.
 * @throws UserError unless the ratios are finite and in their order.
 */
export function addSoundNoise({
  snr: [least, most],
  sounds: { rate, deviations },
  input = 'image',
}: {
  snr: readonly [least: number, most: number];
  sounds: RecordedSounds;
  input?: string;
}): Augmentation {
  requireOptions('addSoundNoise', 'a finite number', { 'snr[0]': least, 'snr[1]': most });
  if (least > most)
    throw new UserError(`addSoundNoise: snr is [${least}, ${most}]; the least ratio comes first.`);
  let minute: Spectrogram | undefined;
  return eachExample(input, ({ values, shape: [, bands, width], key, example }) => {
    const deviation = deviations[example]!;
    const end = endOf(values, width!);
    if (deviation === 0 || end === 0) return;
    const placeOf = (i: number) => Math.floor(i / end) * width! + (i % end);
    const sound = Float64Array.from({ length: bands! * end }, (_, i) =>
      Math.exp(deviation * values[placeOf(i)]!),
    );
    const noise = (minute ??= noiseEnergies(rate, bands!, MINUTE + width!));
    const start = randomBits(key, 1) % (MINUTE + 1);
    const noiseAt = (i: number) => noise.values[Math.floor(i / end) * noise.frames + start + (i % end)]!;
    const added = Float64Array.from(sound, (_, i) => noiseAt(i));
    const decibels = least + (most - least) * randomUniform(key, 0);
    const variance = (total(sound) / total(added)) * 10 ** (-decibels / 10);
    standardise(sound.map((energy, i) => Math.log(energy + variance * added[i]!))).forEach((value, i) => {
      values[placeOf(i)] = value;
    });
  });
}

/** The mel energies of white noise, of so many frames at least. */
function noiseEnergies(rate: number, bands: number, frames: number): Spectrogram {
  const hop = Math.round(rate / FRAMES);
  const samples = Float32Array.from({ length: frames * hop }, (_, i) => 2 * randomUniform(noiseKey, i) - 1);
  const spectrogram = logMelSpectrogram({ samples, rate }, { bands, hop });
  return { ...spectrogram, values: spectrogram.values.map(Math.exp) };
}

export interface SpectrogramMasks {
  /** Bands that a mask hides at most. */
  readonly bands: number;
  /** Frames that a mask hides at most. */
  readonly frames: number;
  /** Masks of either kind; 1 by default. */
  readonly masks?: number;
  /** As {@link shiftTime} has it. */
  readonly input?: string;
}

/**
 * Hides bands and stretches of time (SpecAugment, Park et al. 2019, without its warping): each mask is between 0 and so many
 * bands or frames wide, wherever it fits; what it hides becomes 0, the mean of the recording.
 * @throws UserError unless `bands` and `frames` are whole numbers from 0, `masks` from 1.
 */
export function maskSpectrogram({
  bands,
  frames,
  masks = 1,
  input = 'image',
}: SpectrogramMasks): Augmentation {
  requireOptions('maskSpectrogram', 'a whole number from 0', { bands, frames });
  requireOptions('maskSpectrogram', 'a whole number from 1', { masks });
  return eachExample(input, ({ values, shape: [channels, height, width], key }) => {
    const end = endOf(values, width!);
    for (let i = 0; i < masks; i++) {
      const [low, high] = drawSpan(extendKey(key, 2 * i), bands, height!);
      const [from, to] = drawSpan(extendKey(key, 2 * i + 1), frames, end);
      for (let row = 0; row < channels! * height!; row++) {
        const band = values.subarray(row * width!, (row + 1) * width!);
        if (row % height! >= low && row % height! < high) band.fill(0);
        else band.fill(0, from, to);
      }
    }
  });
}

/** A stretch of up to `most` of `size` places: its beginning, and the place after it. */
function drawSpan(key: number, most: number, size: number): [from: number, to: number] {
  const length = randomBits(key, 0) % (Math.min(most, size) + 1);
  const from = randomBits(key, 1) % (size - length + 1);
  return [from, from + length];
}

/** Where a recording ends in its picture: after its last frame that is not 0 in all bands. */
function endOf(values: Float32Array, width: number): number {
  for (let end = width; end > 0; end--)
    for (let at = end - 1; at < values.length; at += width) if (values[at] !== 0) return end;
  return 0;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Changes values to mean 0 and deviation 1 in place. */
function standardise(values: Float64Array): Float64Array {
  const mean = total(values) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * scale;
  return values;
}
