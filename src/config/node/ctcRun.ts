import { packSequences } from '../../data/sequences.js';
import type { Prediction, PredictOptions } from '../../decode/predictor.js';
import { ctcMetricNames } from '../../metrics/metrics.js';
import type { CtcModel } from '../../models/ctcModel.js';
import type { Encoder } from '../../models/encoders/encoder.js';
import { CtcEvaluator } from '../../train/ctcEvaluator.js';
import { pairsForCtc, textsForCtc } from '../../train/ctcExamples.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { CtcConfig } from '../ctcSchema.js';
import { encodePairs } from '../ctcTask.js';
import { encodeTokens } from '../encodeTokens.js';
import type { PairEncoding } from '../pairTask.js';
import { terNotes } from '../terNotes.js';
import { cleanerOf, tidied } from './cleanTexts.js';
import { ownData, requireExamples } from './ownData.js';
import { aboutPairs } from './pairRun.js';
import { readExamples, readTable } from './readExamples.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

type Description = RunDescription<CtcConfig, CtcModel<Encoder>> & { readonly encodings: PairEncoding };

/** A trained CTC model. */
export class CtcRun extends TaskRun<Description> {
  readonly task = 'ctc';
  readonly encoding: PairEncoding;
  readonly evaluator: CtcEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.encodings;
    this.evaluator = new CtcEvaluator(engine, this.model, parameters, this.encoding.target);
  }

  /** With the run's own decoding unless a beam is given. */
  async evaluate(
    part: EvaluatedPart,
    { beam = this.config.decoding.beam, metrics }: RunEvaluationOptions = {},
  ): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, ctcMetricNames, metrics);
    const { source, clean } = this.config.data;
    const format = 'file' in source ? source : { columns: { source: 0, target: 1 }, header: false };
    const examples =
      'file' in part
        ? await readTable({ ...format, file: part.file }, this.badRows, tidied(cleanerOf(clean)))
        : (await ownData(() => readExamples(this.config, this.badRows)))[part.split];
    requireExamples(examples, 'file' in part ? 'train' : part.split);
    const dataset = encodePairs(examples, this.encoding, this.config, this.model.encoder);
    const textMetrics = this.config.metrics;
    const pairs = pairsForCtc(dataset);
    const evaluation = await this.evaluator.evaluate(pairs, { metrics: chosen, beam, textMetrics });
    const about = aboutPairs(dataset);
    return { ...evaluation, ...about, notes: [...about.notes, ...terNotes(textMetrics, evaluation.metrics)] };
  }

  /**
   * Per text its answers, best first.
   * @param options `beam`: the run's own by default; `originOf`: where text i stands, for messages; `unknown`: what is made
   * of symbols unknown to the model, refused by default.
   * @throws UserError naming a text that is empty, too long for the model, or has symbols that are refused.
   */
  async predict(
    texts: readonly string[],
    options: Pick<PredictOptions, 'beam' | 'originOf' | 'unknown'> = {},
  ): Promise<Prediction[][]> {
    const { originOf = (index) => `text ${index + 1}`, unknown = 'error' } = options;
    const { beam = this.config.decoding.beam } = options;
    const { source } = this.encoding;
    const ids = texts.map((text, i) =>
      encodeTokens(text, source, originOf(i), this.model.encoder, { unknown }),
    );
    return this.evaluator.predict(textsForCtc(packSequences(ids)), beam);
  }
}
