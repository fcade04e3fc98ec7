import { hashNumbers } from '../data/fingerprint.js';
import { joinTexts, sharedTexts } from '../data/joinTexts.js';
import { countOf } from '../data/sequences.js';
import type { SplitName } from '../data/split.js';
import { TextExamples } from '../data/textExamples.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { ownMetricName, type MetricName, type OwnMetricName } from '../metrics/metrics.js';
import { MultiTask } from '../models/multiTask.js';
import type { Trainable } from '../models/trainable.js';
import { UserError } from '../tensor/errors.js';
import { tokenizers } from '../text/tokenizer.js';
import { tokenizerToJson, type TextEncoding } from '../text/tokenizerJson.js';
import type { Metrics } from '../train/trainer.js';
import { buildTextEncoder } from './buildTextEncoder.js';
import { chooseEncoding } from './chooseEncoding.js';
import { buildClassificationHead } from './classificationTask.js';
import type { Head, HeadReading, Measured, SharedReader } from './head.js';
import type { KnownEncodings } from './initialValues.js';
import type { MultiTaskConfig } from './multiTaskSchema.js';
import { buildOptimization } from './optimization.js';
import { buildRegressionHead } from './regressionTask.js';
import { buildTaggingHead } from './taggingTask.js';
import { SAMPLES, type Task, type TaskEvaluator } from './task.js';
import { asClassification, asRegression, asTagging } from './taskConfigs.js';
import { textsOf, withoutHeldOut, type TaskData, type TasksData } from './taskData.js';

/** Where a run of several tasks keeps its tokenizer. */
export const sharedTokenizerFile = 'tokenizer.json';

/** Where it keeps a file of one of them. */
export function taskFile(task: string, file: string): string {
  return `${task}.${file}`;
}

/** Several tasks over one encoder, and their data. */
export interface JointTask extends Task {
  readonly encoding: TextEncoding;
  readonly train: TextExamples;
  readonly model: MultiTask;
  /** By the names of the tasks, in their order. */
  readonly heads: Readonly<Record<string, Head>>;
}

/**
 * Builds what a configuration describes. The vocabulary comes from the training texts of all tasks; a text that one task
 * holds out is trained on by none, and one that several have is one example with the labels of each.
 * @param given the examples of each task, by its name in the configuration. @param known as `chooseEncoding` has it.
 * @throws UserError when the data do not fit the configuration.
 */
export function buildMultiTask(config: MultiTaskConfig, given: TasksData, known?: KnownEncodings): JointTask {
  const tokenizer = tokenizers[config.text.tokenizer];
  const { clean } = Object.values(config.tasks)[0]!.data;
  const { tasks, leftOut } = withoutHeldOut(given, tokenizer);
  const encoding = chooseEncoding('text', config.text, trainingTexts(tasks), { known, clean });
  const reader = sharedReader(config, encoding);
  const reading = (name: string) => ({ known: { text: encoding }, shared: reader(name) });
  const heads = Object.keys(config.tasks).map((name) => {
    const own = tasks[name];
    if (!own) throw new UserError(`tasks.${name}: there are no data of it. Give it some.`);
    if (leftOut[name]! > 0 && textsOf(own, 'train').length === 0)
      throw new UserError(
        `tasks.${name}: a task is validated or tested on all its training texts (${leftOut[name]!}), so nothing is left to train on. Give it others.`,
      );
    return [name, inTask(name, () => buildHead(config, name, own, reading(name)))] as const;
  });
  const train = joinTexts(heads.map(([name, head]) => trainingTextsOf(name, head)));
  const count = countOf(train.texts);
  const model = buildJointModel(config, Object.fromEntries(heads.map(([name, head]) => [name, head.model])));
  const heldOut = { validation: countHeldOut(tasks, 'validation'), test: countHeldOut(tasks, 'test') };
  requireWatched(config, heads);
  return {
    ...buildOptimization(config.training, train),
    encoding,
    train,
    model,
    heads: Object.fromEntries(heads),
    reads: encoding,
    heldOut,
    fingerprint: hashNumbers([heads.map(([, head]) => head.fingerprint)], count),
    files: {
      [sharedTokenizerFile]: tokenizerToJson(encoding),
      ...Object.fromEntries(
        heads.flatMap(([name, { files }]) =>
          Object.entries(files).map(([file, content]) => [taskFile(name, file), content]),
        ),
      ),
    },
    facts: {
      data: `${groupDigits(count)} texts (${heads.map(([name, { facts }]) => `${name}: ${facts.data}`).join('; ')})`,
      notes: Object.entries(leftOut)
        .filter(([, texts]) => texts > 0)
        .map(
          ([name, texts]) =>
            `${name}: ${counted(texts, 'training text')} left out, on which a task is validated or tested`,
        ),
      model: `${encoding.vocabulary.size} tokens, ${counted(heads.length, 'task')}`,
    },
    createEvaluator: (engine, parameters) => jointEvaluator(config, heads, engine, parameters),
  };
}

/** What reads the texts of all tasks, without values, for each of them. */
export function sharedReader(
  { model }: MultiTaskConfig,
  encoding: TextEncoding,
): (task: string) => SharedReader {
  const encoder = buildTextEncoder(model.encoder, encoding.vocabulary.size);
  return (task) => ({ encoder, labels: `${task}.labels` });
}

/** The models of the tasks as one, each with its weight. */
export function buildJointModel(
  { tasks }: MultiTaskConfig,
  models: Readonly<Record<string, Trainable>>,
): MultiTask {
  return new MultiTask(
    Object.entries(models).map(([name, model]) => ({ model, weight: tasks[name]!.weight })),
  );
}

/** What was measured of a task. */
export interface TaskMeasured extends Measured {
  readonly name: string;
}

/**
 * Figures of several tasks under their names, and the loss of all, as it is trained on: Σ weight · loss · labels ÷
 * Σ weight · labels.
 */
export function jointFigures({ tasks }: MultiTaskConfig, measured: readonly TaskMeasured[]): Metrics {
  const total = (of: (each: TaskMeasured) => number) =>
    measured.reduce((sum, each) => sum + tasks[each.name]!.weight * of(each), 0);
  const own = measured.flatMap(({ name, metrics }) =>
    Object.entries(metrics).map(([metric, value]) => [`${name}.${metric}`, value] as const),
  );
  return {
    loss: total(({ loss, count }) => loss * count) / total(({ count }) => count),
    ...(Object.fromEntries(own) as Metrics),
  };
}

function buildHead(config: MultiTaskConfig, name: string, own: TaskData, reading: HeadReading): Head {
  switch (own.task) {
    case 'classification':
      return buildClassificationHead(asClassification(config, name), { texts: own.data }, reading);
    case 'tagging':
      return buildTaggingHead(asTagging(config, name), own.data, reading);
    case 'regression':
      return buildRegressionHead(asRegression(config, name), own.data, reading);
  }
}

/** Errors of what a task builds, with its name before them. */
function inTask<T>(name: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`tasks.${name}: ${error.message}`, { cause: error });
  }
}

/** Every text that is trained on, as often as the task that has it most. */
export function trainingTexts(tasks: TasksData): string[] {
  const parts = Object.values(tasks).map((own) => textsOf(own, 'train'));
  return sharedTexts(parts).map((places) => {
    const first = places.findIndex((place) => place >= 0);
    return parts[first]![places[first]!]!;
  });
}

function trainingTextsOf(name: string, { train }: Head): TextExamples {
  if (train instanceof TextExamples) return train;
  throw new UserError(`tasks.${name}: the data are no texts, which is what the shared encoder reads.`);
}

/** How many examples are set aside, counted as those of training are; undefined where none is. */
function countHeldOut(tasks: TasksData, part: SplitName): number | undefined {
  const { length } = sharedTexts(Object.values(tasks).map((own) => textsOf(own, part)));
  return length > 0 ? length : undefined;
}

type NamedHeads = readonly (readonly [name: string, head: Head])[];

/** @throws UserError when the metric that chooses a checkpoint is of a task without validation examples, and others have some. */
function requireWatched({ training }: MultiTaskConfig, heads: NamedHeads): void {
  const { stopOn } = training.validation;
  const without = heads.find(
    ([name, { heldOut }]) => stopOn.startsWith(`${name}.`) && heldOut.validation === undefined,
  );
  if (without && heads.some(([, { heldOut }]) => heldOut.validation !== undefined))
    throw new UserError(
      `training.validation.stopOn is ${stopOn}, but no example of ${without[0]} is set aside for validation. Raise tasks.${without[0]}.data.split.validation, or watch another metric.`,
    );
}

/** The metrics of one task, by their own names. */
function ownMetrics(name: string, metrics: readonly MetricName[]): OwnMetricName[] {
  return metrics.filter((metric) => metric.startsWith(`${name}.`)).map(ownMetricName);
}

/** Measures the tasks one after the other, each on its own validation part. */
function jointEvaluator(
  config: MultiTaskConfig,
  heads: NamedHeads,
  engine: Engine,
  parameters: ReadonlyMap<string, HostTensor>,
): TaskEvaluator {
  const evaluators = heads.map(([name, head]) => [name, head.createEvaluator(engine, parameters)] as const);
  return {
    async validate(metrics) {
      const measured: TaskMeasured[] = [];
      for (const [name, evaluator] of evaluators) {
        const wanted = ownMetrics(name, metrics);
        // The loss of all is of every task.
        if (wanted.length === 0 && !metrics.includes('loss')) continue;
        const own = await evaluator.measure(wanted);
        if (own) measured.push({ name, ...own });
      }
      if (measured.length === 0) return {};
      const { loss, ...others } = jointFigures(config, measured);
      return { ...(metrics.includes('loss') && { loss }), ...others };
    },
    async samples() {
      const shown = Math.max(1, Math.floor(SAMPLES / evaluators.length));
      const samples: Awaited<ReturnType<TaskEvaluator['samples']>> = [];
      for (const [name, evaluator] of evaluators)
        for (const sample of (await evaluator.samples()).slice(0, shown))
          samples.push({ ...sample, source: `${name}: ${sample.source}` });
      return samples;
    },
  };
}
