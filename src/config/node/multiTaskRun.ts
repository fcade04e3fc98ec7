import { sharedTexts } from '../../data/joinTexts.js';
import type { SplitName } from '../../data/split.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { ownMetricName, type Measurables, type MetricName } from '../../metrics/metrics.js';
import type { Classifier } from '../../models/classifier.js';
import type { MultiTask } from '../../models/multiTask.js';
import type { Regressor } from '../../models/regressor.js';
import type { Tagger } from '../../models/tagger.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizers } from '../../text/tokenizer.js';
import { tokenizerFromJson, type TextEncoding } from '../../text/tokenizerJson.js';
import { buildClassifier, classificationFiles } from '../classificationTask.js';
import type { SharedReader } from '../head.js';
import { buildJointModel, jointFigures, sharedReader, sharedTokenizerFile, taskFile } from '../multiTask.js';
import type { HeadConfig, MultiTaskConfig } from '../multiTaskSchema.js';
import { buildRegressor } from '../regressionTask.js';
import { scalingFile } from '../scaling.js';
import { buildTagger, taggingFiles } from '../taggingTask.js';
import { asClassification, asRegression, asTagging } from '../taskConfigs.js';
import { textsOf, withoutHeldOut, type TaskData } from '../taskData.js';
import { namedValues } from '../values.js';
import { ClassificationRun, type ClassPrediction } from './classificationRun.js';
import { readClasses } from './classEncoding.js';
import { ownData, requireExamples } from './ownData.js';
import { readTasks } from './readTasks.js';
import { RegressionRun } from './regressionRun.js';
import { readScaling } from './scaling.js';
import { TaggingRun, type TaggedTokens } from './taggingRun.js';
import { readTags } from './tags.js';
import {
  TaskRun,
  type EvaluatedPart,
  type HeadEvaluation,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluation,
  type RunEvaluationOptions,
} from './taskRun.js';

/** One of several tasks of a run: it measures and answers as a run of its own does. */
export type HeadRun = ClassificationRun | TaggingRun | RegressionRun;

/** What a task says of a text: its classes, likeliest first; its tokens and their tags; its values by name. */
export type HeadAnswer =
  | { readonly classes: readonly ClassPrediction[] }
  | TaggedTokens
  | { readonly values: Readonly<Record<string, number>> };

/** A task of a run, values aside. */
interface HeadDescription {
  readonly model: Classifier | Tagger | Regressor;
  open(loaded: LoadedParameters): HeadRun;
}

type Description = RunDescription<MultiTaskConfig, MultiTask> & {
  readonly encodings: { readonly text: TextEncoding };
  /** By the names of the tasks. */
  readonly heads: ReadonlyMap<string, HeadDescription>;
};

/** Several tasks trained over one encoder. */
export class MultiTaskRun extends TaskRun<Description> {
  readonly task = 'multi-task';
  readonly encoding: TextEncoding;
  /** By the names of the tasks. */
  readonly heads: ReadonlyMap<string, HeadRun>;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    this.encoding = description.encodings.text;
    this.heads = new Map([...description.heads].map(([name, head]) => [name, head.open(loaded)]));
  }

  /**
   * The figures of every task that has examples in the part, under its name, and the loss of all.
   * @param part a file is of one task: `{ file: 'intent=more.tsv' }`.
   * @param options `metrics` by the names of the tasks: `intent.accuracy`.
   */
  async evaluate(part: EvaluatedPart, { metrics: asked }: RunEvaluationOptions = {}): Promise<RunEvaluation> {
    for (const name of asked ?? []) this.requireMetric(name);
    const measured = await ('file' in part
      ? this.measureFile(part.file, asked)
      : this.measureSplit(part.split, asked));
    const entries = measured.flatMap(({ name, comparisons = {} }) =>
      Object.entries(comparisons).map(([of, figures]) => [`${name}, ${of}`, figures] as const),
    );
    const losses = measured.map((each) => ({ ...each, loss: each.metrics.loss! }));
    const figures = Object.entries(jointFigures(this.config, losses));
    const measurables = measured.flatMap(({ name, measurables: own }) =>
      Object.entries(own).map(([metric, each]) => [`${name}.${metric}`, each] as const),
    );
    return {
      metrics: Object.fromEntries(figures.filter(([name]) => asked?.includes(name as MetricName) ?? true)),
      measurables: Object.fromEntries(measurables) as Measurables,
      keys: measured.flatMap(({ name, keys }) => keys.map((key) => `${name}\n${key}`)),
      decoding: 'each task on its own texts',
      answers: measured.flatMap(({ answers }) => answers),
      // One text of several tasks is one example, as in training.
      examples: sharedTexts(measured.map(({ answers }) => answers.map(({ source }) => source))).length,
      notes: measured.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
      ...(entries.length > 0 && { comparisons: Object.fromEntries(entries) }),
    };
  }

  /**
   * What each task says of each text, by the names of the tasks.
   * @param originOf where text i stands, for messages.
   * @throws UserError for a text that is empty, or too long for the model.
   */
  async predict(
    texts: readonly string[],
    originOf = (index: number) => `text ${index + 1}`,
  ): Promise<Record<string, HeadAnswer>[]> {
    const said: [name: string, answers: readonly HeadAnswer[]][] = [];
    for (const [name, head] of this.heads) said.push([name, await answersOf(head, texts, originOf)]);
    return texts.map((_, i) => Object.fromEntries(said.map(([name, answers]) => [name, answers[i]!])));
  }

  /** @throws UserError for a metric of none of the tasks; that the task has it is checked where it is measured. */
  private requireMetric(name: string): void {
    if (name === 'loss' || [...this.heads.keys()].some((head) => name.startsWith(`${head}.`))) return;
    throw new UserError(
      `the run has no metric '${name}'. It has the loss, and those of its tasks under their names: ${[...this.heads.keys()].map((head) => `${head}.loss`).join(', ')} …`,
    );
  }

  private async measureSplit(split: SplitName, asked?: readonly MetricName[]): Promise<NamedEvaluation[]> {
    const read = await ownData(() => readTasks(this.config, this.badRows));
    const { tasks } = withoutHeldOut(read, tokenizers[this.config.text.tokenizer]);
    const measured: NamedEvaluation[] = [];
    for (const [name, head] of this.heads) {
      const own = tasks[name]!;
      if (textsOf(own, split).length === 0) continue;
      measured.push({ name, ...(await measureHead(head, own, split, ofHead(name, asked))) });
    }
    requireExamples(measured, split);
    return measured;
  }

  private async measureFile(named: string, asked?: readonly MetricName[]): Promise<NamedEvaluation[]> {
    const [, name = '', file = ''] = /^([\w-]+)=(.+)$/.exec(named) ?? [];
    const head = this.heads.get(name);
    if (!head)
      throw new UserError(
        `${name && !head ? `there is no task ${name}` : `${named}: a file is of one task`}. Say of which: ${[...this.heads.keys()][0]}=FILE (tasks: ${[...this.heads.keys()].join(', ')}).`,
      );
    head.badRows = this.badRows.under(head.badRows.policy);
    return [{ name, ...(await head.evaluate({ file }, { metrics: ofHead(name, asked) })) }];
  }
}

type NamedEvaluation = HeadEvaluation & { readonly name: string };

/** What is asked of one task, by its own names, and its loss, which that of all is made of. */
function ofHead(head: string, asked?: readonly MetricName[]): readonly MetricName[] | undefined {
  const own = asked?.filter((name) => name.startsWith(`${head}.`)).map(ownMetricName);
  return own && [...new Set<MetricName>(['loss', ...own])];
}

async function measureHead(
  head: HeadRun,
  own: TaskData,
  split: SplitName,
  asked?: readonly MetricName[],
): Promise<HeadEvaluation> {
  if (head.task === 'classification' && own.task === 'classification')
    return head.measure({ texts: own.data }, split, asked);
  if (head.task === 'tagging' && own.task === 'tagging') return head.measure(own.data[split], asked);
  if (head.task === 'regression' && own.task === 'regression') return head.measure(own.data[split], asked);
  throw new Error(`The data are for ${own.task}, the model for ${head.task}.`);
}

async function answersOf(
  head: HeadRun,
  texts: readonly string[],
  originOf: (index: number) => string,
): Promise<readonly HeadAnswer[]> {
  switch (head.task) {
    case 'classification':
      return (await head.classifyTexts(texts, originOf)).map((classes) => ({ classes }));
    case 'tagging':
      return head.tag(texts, originOf);
    case 'regression': {
      const { names } = head.encoding.values;
      return (await head.valueTexts(texts, originOf)).map((values) => ({
        values: namedValues(names, values),
      }));
    }
  }
}

/** What the directory of a run of several tasks says. @throws UserError when its files were edited. */
export async function describeMultiTask(run: RunDirectory, config: MultiTaskConfig): Promise<Description> {
  const file = sharedTokenizerFile;
  const text = tokenizerFromJson(await run.readJson(file), run.file(file));
  const reader = sharedReader(config, text);
  const heads = new Map<string, HeadDescription>();
  for (const [name, { task }] of Object.entries(config.tasks))
    heads.set(name, await describeHead(run, config, { name, task, text, shared: reader(name) }));
  const models = Object.fromEntries([...heads].map(([name, { model }]) => [name, model]));
  return { run, config, encodings: { text }, heads, model: buildJointModel(config, models) };
}

async function describeHead(
  run: RunDirectory,
  config: MultiTaskConfig,
  {
    name,
    task,
    text,
    shared,
  }: { name: string; task: HeadConfig['task']; text: TextEncoding; shared: SharedReader },
): Promise<HeadDescription> {
  const known = { run, encodings: { text } };
  switch (task) {
    case 'classification': {
      const own = asClassification(config, name);
      const { labels, image } = await readClasses(run, taskFile(name, classificationFiles.classes));
      const classes = { labels, image, text };
      // The weights of classes count in training alone.
      const weights = new Array<number>(labels.size).fill(1);
      const model = buildClassifier(own, classes, { weights, shared });
      return {
        model,
        open: (loaded) => new ClassificationRun({ ...known, config: own, classes, model }, loaded),
      };
    }
    case 'tagging': {
      const own = asTagging(config, name);
      const tags = await readTags(run, taskFile(name, taggingFiles.tags));
      const model = buildTagger(own, text, tags, shared);
      return { model, open: (loaded) => new TaggingRun({ ...known, config: own, tags, model }, loaded) };
    }
    case 'regression': {
      const own = asRegression(config, name);
      const valued = {
        text,
        features: undefined,
        values: await readScaling(run, taskFile(name, scalingFile)),
      };
      const model = buildRegressor(own, valued, { shared });
      return { model, open: (loaded) => new RegressionRun({ ...known, config: own, valued, model }, loaded) };
    }
  }
}
