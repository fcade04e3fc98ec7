import { UserError } from '../../tensor/errors.js';
import { FRAMES, logMelSpectrogram, type Spectrogram } from '../audio/melSpectrogram.js';
import type { Recording } from '../audio/recording.js';
import { resample } from '../audio/resample.js';
import { BadRows } from '../badRows.js';
import type { LabelledImages } from '../labelled.js';
import type { LabelledFile } from './labelledFiles.js';
import { readWav } from './wav.js';

/** How recordings become pictures of one size. */
export interface RecordingForm {
  /** Samples of a second; recordings at other rates are resampled. */
  readonly rate: number;
  /** What is read of a recording; shorter ones are followed by nothing. */
  readonly seconds: number;
  /** Frequency bands: the height of the picture. */
  readonly bands: number;
}

/** Whether a path ends as those of recordings that are read do. */
export function isRecordingFile(path: string): boolean {
  return /\.wav$/i.test(path);
}

/**
 * Reads recordings as pictures: the log-mel spectrogram of each, a frame every 10 ms, from which its mean is taken and which
 * is divided by its deviation, so that loudness does not count; places after its end are 0.
 * @returns images of one channel, `bands` high, 100 frames a second wide.
 * @throws UserError naming the file that is missing, damaged or empty, under the policy 'fail'.
 */
export async function readRecordings(
  files: readonly LabelledFile[],
  form: RecordingForm,
  origin: string,
  badRows = new BadRows(),
): Promise<LabelledImages> {
  const [height, width] = [form.bands, frameCount(form)];
  const values = new Float32Array(files.length * height * width);
  const kept: LabelledFile[] = [];
  const lengths: number[] = [];
  const deviations: number[] = [];
  for (const file of files) {
    const read = await Promise.allSettled([readPicture(file.path, form)]);
    const recording = badRows.attempt(file.path, () => {
      if (read[0].status === 'rejected') throw read[0].reason as Error;
      return read[0].value;
    });
    if (!recording) continue;
    values.set(recording.picture, kept.length * height * width);
    lengths.push(recording.seconds);
    kept.push(file);
    deviations.push(recording.deviation);
  }
  const groups = kept.flatMap(({ group }) => group ?? []);
  const times = kept.flatMap(({ time }) => time ?? []);
  return {
    channels: 1,
    height,
    width,
    values: values.subarray(0, kept.length * height * width),
    labels: kept.map(({ label }) => label),
    names: kept.map(({ name }) => name),
    deviations,
    ...(groups.length > 0 && { groups }),
    ...(times.length > 0 && { times }),
    seconds: lengths,
    origin,
  };
}

/** One recording: [bands, frames]. @throws UserError naming the file. */
export async function readRecording(path: string, form: RecordingForm): Promise<Float32Array> {
  return (await readPicture(path, form)).picture;
}

/**
 * All of a recording as a sequence: its log-mel spectrogram frame after frame, one every 10 ms. [frames · bands]
 * @throws UserError naming the file.
 */
export async function readFrames(
  path: string,
  form: Pick<RecordingForm, 'rate' | 'bands'>,
): Promise<Float32Array> {
  const { bands, frames, values } = spectrogramOf(await readWav(path), path, { ...form, seconds: Infinity });
  return Float32Array.from(values, (_, i) => values[(i % bands) * frames + Math.floor(i / bands)]!);
}

/** @throws UserError naming the file of a recording that is empty. */
function spectrogramOf(
  recording: Recording,
  path: string,
  { rate, seconds, bands }: RecordingForm,
): Spectrogram {
  const sound = resample(recording, rate);
  const samples = sound.samples.subarray(0, Math.round(rate * seconds));
  if (samples.length === 0) throw new UserError(`${path}: the recording is empty. Remove it.`);
  return logMelSpectrogram({ samples, rate }, { bands, hop: Math.round(rate / FRAMES) });
}

/** The same with how long the whole recording is, and the deviation that its energies were divided by. */
async function readPicture(
  path: string,
  form: RecordingForm,
): Promise<{ readonly picture: Float32Array; readonly seconds: number; readonly deviation: number }> {
  const { bands } = form;
  const whole = await readWav(path);
  const { frames, values } = spectrogramOf(whole, path, form);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance);
  // Silence deviates by nothing.
  const scale = deviation > 0 ? 1 / deviation : 0;
  const width = frameCount(form);
  const picture = new Float32Array(bands * width);
  for (let band = 0; band < bands; band++)
    for (let t = 0; t < Math.min(frames, width); t++)
      picture[band * width + t] = (values[band * frames + t]! - mean) * scale;
  return { picture, seconds: whole.samples.length / whole.rate, deviation };
}

function frameCount({ rate, seconds }: RecordingForm): number {
  return 1 + Math.floor(Math.round(rate * seconds) / Math.round(rate / FRAMES));
}
