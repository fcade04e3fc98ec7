import { encodeExamples, type PairDataset } from '../../data/dataset.js';
import type { Example } from '../../data/examples.js';
import type { SplitName } from '../../data/split.js';
import type { Predictor } from '../../decode/predictor.js';
import { counted } from '../../formats/terminal.js';
import { pairMetricNames } from '../../metrics/metrics.js';
import type { Seq2Seq } from '../../models/seq2seq.js';
import { Evaluator } from '../../train/evaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { PairConfig } from '../pairSchema.js';
import { hasAttention, heldOutLimits, leftOutNotes, type PairEncoding } from '../pairTask.js';
import { terNotes } from '../terNotes.js';
import { cleanerOf, tidied } from './cleanTexts.js';
import { ownData, requireExamples } from './ownData.js';
import { readHeldOut } from './pairsOnDisk.js';
import { readExamples, readTable } from './readExamples.js';
import {
  TaskRun,
  type EvaluatedPart,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

type Description = RunDescription<PairConfig, Seq2Seq> & { readonly encodings: PairEncoding };

/** A trained sequence-to-sequence model. */
export class PairRun extends TaskRun<Description> {
  readonly task = 'sequence-to-sequence';
  readonly encoding: PairEncoding;
  readonly evaluator: Evaluator;
  /** Answers as `decoding` of the run says, where a call says nothing else. */
  readonly predictor: Predictor;
  /** Whether symbols of a source that the model does not know are read as <unknown>, not refused. */
  readonly readsUnknown: boolean;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.encodings;
    // Symbols that came too rarely have taught the model what to make of unknown ones.
    this.readsUnknown = this.config.source.minCount > 1;
    const unknown = this.readsUnknown ? 'id' : 'error';
    const encoding = { ...this.encoding, unknown } as const;
    this.evaluator = new Evaluator(engine, this.model, parameters, encoding, this.config.decoding);
    this.predictor = this.evaluator.predictor;
  }

  /** Whether there are weights to show of where the model looked. */
  get hasAttention(): boolean {
    return hasAttention(this.config);
  }

  /** With the run's own decoding unless a beam is given. */
  async evaluate(part: EvaluatedPart, { beam, metrics }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    const chosen = chosenMetrics(this.config, pairMetricNames, metrics);
    const dataset = 'file' in part ? await this.fileDataset(part.file) : await this.splitDataset(part.split);
    const textMetrics = this.config.metrics;
    const evaluation = await this.evaluator.evaluate(dataset, { beam, metrics: chosen, textMetrics });
    const about = aboutPairs(dataset);
    return { ...evaluation, ...about, notes: [...about.notes, ...terNotes(textMetrics, evaluation.metrics)] };
  }

  private async splitDataset(split: SplitName): Promise<PairDataset> {
    const examples = await ownData(() => this.splitExamples(split));
    requireExamples(examples, split);
    return encodeExamples(examples, this.encoding, heldOutLimits(this.config, this.model));
  }

  private async splitExamples(split: SplitName): Promise<readonly Example[]> {
    const { data } = this.config;
    if (data.onDisk && split !== 'train')
      return (await readHeldOut(this.config, this.badRows, cleanerOf(data.clean)))[split];
    return (await readExamples(this.config, this.badRows))[split];
  }

  /** A file is read as the run's own table is, where it has one. */
  private async fileDataset(file: string): Promise<PairDataset> {
    const { source } = this.config.data;
    const format = 'file' in source ? source : { columns: { source: 0, target: 1 }, header: false };
    const clean = tidied(cleanerOf(this.config.data.clean));
    const limits = heldOutLimits(this.config, this.model);
    return encodeExamples(await readTable({ ...format, file }, this.badRows, clean), this.encoding, limits);
  }
}

/** How many pairs were measured, which, and what is odd about them. */
export function aboutPairs(dataset: PairDataset): Pick<RunEvaluation, 'examples' | 'keys' | 'notes'> {
  return {
    examples: dataset.examples.length,
    keys: dataset.examples.map(({ source, references }) => [source, ...references].join('\n')),
    notes: unknownNotes(dataset),
  };
}

/** Symbols that the training data lack cannot be told apart, nor written: they cost accuracy. */
function unknownNotes(dataset: PairDataset): string[] {
  const { unknownSourceTokens, unknownTargetTokens } = dataset.report;
  return [
    unknownSourceTokens > 0 ? `${counted(unknownSourceTokens, 'source token')} unknown to the model` : '',
    unknownTargetTokens > 0 ? `${counted(unknownTargetTokens, 'target token')} unknown to the model` : '',
    ...leftOutNotes(dataset.report),
  ].filter(Boolean);
}
