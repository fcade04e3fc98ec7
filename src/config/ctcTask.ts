import { ctcBatch } from '../data/batching.js';
import { encodeExamples, type LeftOutPair, type PairDataset } from '../data/dataset.js';
import type { Example } from '../data/examples.js';
import { fingerprint } from '../data/fingerprint.js';
import type { SplitName } from '../data/split.js';
import type { TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { ctcMetricNames } from '../metrics/metrics.js';
import { requireAlignable } from '../models/alignable.js';
import { CtcModel } from '../models/ctcModel.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { ctcFrames } from '../ops/ctc.js';
import { requireSourceLengths } from '../models/lengths.js';
import { CtcEvaluator } from '../train/ctcEvaluator.js';
import { pairsForCtc } from '../train/ctcExamples.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import type { CtcConfig } from './ctcSchema.js';
import type { KnownEncodings } from './initialValues.js';
import { buildOptimization } from './optimization.js';
import {
  buildEncodings,
  drawExamples,
  encodingNotes,
  pairTokenizerFiles,
  textsOf,
  type EncodedPairParts,
  type OnLeftOutPair,
  type PairEncoding,
} from './pairTask.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';
import { tokenizerToJson } from '../text/tokenizerJson.js';

/** A CTC model and its data. */
export interface CtcTask extends Task {
  readonly encoding: PairEncoding;
  readonly pairs: PairDataset;
  readonly model: CtcModel<Encoder>;
}

/**
 * Builds what a configuration describes. Vocabularies come from the training split alone.
 * @throws UserError when the data do not fit the configuration, or CTC cannot align them.
 */
export function buildCtcTask(
  config: CtcConfig,
  examples: Readonly<Record<SplitName, readonly Example[]>>,
  known?: KnownEncodings,
): CtcTask {
  const { training } = config;
  const drawn = drawExamples(examples.validation, training.validation.examples);
  const parts = encodeCtcParts(config, { ...examples, validation: drawn }, { known });
  const { encoding, model, train: pairs, validation, test } = parts;
  const train: TrainingData = {
    plan: (limit, options) => pairs.plan(limit, options),
    batch: (indices) => ({ ...ctcBatch(pairs, indices) }),
  };
  return {
    ...buildOptimization(training, train),
    encoding,
    pairs,
    train,
    model,
    reads: encoding.source,
    heldOut: { validation: validation?.examples.length, test: test?.examples.length },
    fingerprint: fingerprint(pairs),
    files: {
      [pairTokenizerFiles.source]: tokenizerToJson(encoding.source),
      [pairTokenizerFiles.target]: tokenizerToJson(encoding.target),
    },
    facts: {
      data: `${groupDigits(pairs.exampleOfPair.length)} pairs of ${counted(pairs.examples.length, 'source')}`,
      notes: encodingNotes(pairs.report),
      model: `${encoding.source.vocabulary.size} source and ${encoding.target.vocabulary.size} target tokens`,
    },
    createEvaluator: (engine, parameters) =>
      ctcEvaluator(config, { model, encoding, validation }, engine, parameters),
  };
}

/**
 * Learns tokenizers from the training part, and encodes all parts within the limits.
 * @throws UserError when the data do not fit the configuration, or CTC cannot align them.
 */
export function encodeCtcParts(
  config: CtcConfig,
  examples: Readonly<Record<SplitName, readonly Example[]>>,
  {
    known,
    onLeftOut,
  }: { readonly known?: KnownEncodings | undefined; readonly onLeftOut?: OnLeftOutPair } = {},
): EncodedPairParts & { readonly model: CtcModel<Encoder> } {
  const encoding = buildEncodings(config, textsOf(examples.train), known);
  const model = buildCtcModel(config, encoding);
  const encode = (part: SplitName) =>
    encodePairs(examples[part], encoding, config, model.encoder, (pair) => onLeftOut?.(part, pair));
  const some = (part: SplitName) => (examples[part].length > 0 ? encode(part) : undefined);
  return { encoding, model, train: encode('train'), validation: some('validation'), test: some('test') };
}

/** The model that a configuration describes, without values. */
export function buildCtcModel({ model }: CtcConfig, { source, target }: PairEncoding): CtcModel<Encoder> {
  return new CtcModel({
    encoder: buildTextEncoder(model.encoder, source.vocabulary.size),
    vocabularySize: target.vocabulary.size,
  });
}

/**
 * @param onLeftOut told of each pair that is left out.
 * @throws UserError naming a pair that is too long for the limits or the model, or that CTC cannot align.
 */
export function encodePairs(
  examples: readonly Example[],
  encoding: PairEncoding,
  { data: { limits } }: CtcConfig,
  encoder: Pick<Encoder, 'maxLength'>,
  onLeftOut?: (pair: LeftOutPair) => void,
): PairDataset {
  const dataset = encodeExamples(examples, encoding, {
    ...limits,
    positionsFor: ctcFrames,
    ...(onLeftOut && { onLeftOut }),
  });
  requireSourceLengths(dataset, encoder);
  requireAlignable(dataset);
  return dataset;
}

/** Measures a model while it trains; answers are best paths. */
function ctcEvaluator(
  { metrics: textMetrics }: CtcConfig,
  {
    model,
    encoding,
    validation,
  }: Pick<CtcTask, 'model' | 'encoding'> & { validation: PairDataset | undefined },
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluator = new CtcEvaluator(engine, model, parameters, encoding.target);
  const shown = validation && encodeExamples(drawExamples(validation.examples, SAMPLES), encoding);
  return {
    async validate(metrics) {
      if (!validation) return {};
      const wanted = ctcMetricNames.filter((name) => metrics.includes(name));
      return (await evaluator.evaluate(pairsForCtc(validation), { metrics: wanted, textMetrics })).metrics;
    },
    async samples() {
      if (!shown) return [];
      const { answers } = await evaluator.evaluate(pairsForCtc(shown), { metrics: ['exactMatch'] });
      return answers.map(({ source, references, prediction }) => ({
        source,
        target: references,
        prediction,
      }));
    },
  };
}
