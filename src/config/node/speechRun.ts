import type { Spoken } from '../../data/spokenDataset.js';
import { readFrames } from '../../data/node/recordings.js';
import type { Prediction } from '../../decode/predictor.js';
import { ctcMetricNames } from '../../metrics/metrics.js';
import type { CtcModel } from '../../models/ctcModel.js';
import type { FrameEncoder } from '../../models/encoders/frameEncoder.js';
import { CtcEvaluator } from '../../train/ctcEvaluator.js';
import { recordingsForCtc } from '../../train/ctcExamples.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { SpeechConfig } from '../speechSchema.js';
import { encodeFrames, encodeSpeech, speechNotes, type SpeechEncoding } from '../speechTask.js';
import { terNotes } from '../terNotes.js';
import { cleanerOf, tidied } from './cleanTexts.js';
import { keyOfAnswer, ownData, requireExamples } from './ownData.js';
import { readSpoken, readSpokenTable } from './readSpoken.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

type Description = RunDescription<SpeechConfig, CtcModel<FrameEncoder>> & { readonly speech: SpeechEncoding };

/** A trained model that writes what is said in recordings. */
export class SpeechRun extends TaskRun<Description> {
  readonly task = 'speech-recognition';
  readonly encoding: SpeechEncoding;
  readonly evaluator: CtcEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.speech;
    this.evaluator = new CtcEvaluator(engine, this.model, parameters, this.encoding.text);
  }

  /** With the run's own decoding unless a beam is given. */
  async evaluate(
    part: EvaluatedPart,
    { beam = this.config.decoding.beam, metrics }: RunEvaluationOptions = {},
  ): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, ctcMetricNames, metrics);
    const spoken = await this.read(part);
    requireExamples(spoken, 'file' in part ? 'train' : part.split);
    const encoded = encodeSpeech(spoken, this.encoding, this.config, this.model);
    const evaluation = await this.evaluator.evaluate(recordingsForCtc(encoded.dataset), {
      metrics: chosen,
      beam,
      textMetrics: this.config.metrics,
    });
    const { examples } = encoded.dataset;
    return {
      ...evaluation,
      examples: examples.length,
      keys: examples.map((example) => keyOfAnswer({ ...example, prediction: '' })),
      notes: [...speechNotes(encoded), ...terNotes(this.config.metrics, evaluation.metrics)],
    };
  }

  /**
   * What is said in WAV recordings: of each its answers, best first.
   * @param options `beam`: the run's own by default.
   * @throws UserError naming a recording that is missing, damaged or empty.
   */
  async transcribe(
    paths: readonly string[],
    { beam = this.config.decoding.beam }: { readonly beam?: number } = {},
  ): Promise<Prediction[][]> {
    const recordings: Float32Array[] = [];
    for (const path of paths) recordings.push(await readFrames(path, this.config.data.source));
    return this.evaluator.predict(encodeFrames(recordings, this.encoding, this.model), beam);
  }

  /** A table is read as the run's own is. */
  private async read(part: EvaluatedPart): Promise<Spoken[]> {
    if (!('file' in part)) return (await ownData(() => readSpoken(this.config, this.badRows)))[part.split];
    const { source, clean } = this.config.data;
    return readSpokenTable({ ...source, recordings: part.file }, this.badRows, {
      clean: tidied(cleanerOf(clean)),
    });
  }
}
