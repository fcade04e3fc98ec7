import type { Engine } from '../../engine/engine.js';
import type { CheckpointChoice } from '../../formats/node/checkpoints.js';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizerFromJson, type TextEncoding } from '../../text/tokenizerJson.js';
import { ParameterStore } from '../../train/parameterStore.js';
import { buildClassifier } from '../classificationTask.js';
import { buildCtcModel } from '../ctcTask.js';
import { buildDenoisingModel } from '../denoisingTask.js';
import { buildForecaster } from '../forecastingTask.js';
import { buildLanguageModel, languageTokenizerFile } from '../languageTask.js';
import { buildMaskedLanguageModel } from '../maskedLanguageTask.js';
import { buildMultiLabelClassifier } from '../multiLabelTask.js';
import { buildPairModel, pairTokenizerFiles } from '../pairTask.js';
import { parseConfig } from '../parseConfig.js';
import { buildRegressor } from '../regressionTask.js';
import { scalingFile } from '../scaling.js';
import type { TaskName } from '../schema.js';
import { buildSpeechModel, speechTokenizerFile } from '../speechTask.js';
import { buildTagger, taggingFiles } from '../taggingTask.js';
import { ClassificationRun } from './classificationRun.js';
import { readClassEncoding } from './classEncoding.js';
import { CtcRun } from './ctcRun.js';
import { DenoisingRun } from './denoisingRun.js';
import { ForecastingRun } from './forecastingRun.js';
import { LanguageRun } from './languageRun.js';
import { MaskedLanguageRun } from './maskedLanguageRun.js';
import { MultiLabelRun } from './multiLabelRun.js';
import { describeMultiTask, MultiTaskRun } from './multiTaskRun.js';
import { PairRun } from './pairRun.js';
import { readValueEncoding, RegressionRun } from './regressionRun.js';
import { readScaling } from './scaling.js';
import { SpeechRun } from './speechRun.js';
import { TaggingRun } from './taggingRun.js';
import type { LoadedParameters, RunDescription } from './taskRun.js';
import { readTags } from './tags.js';

/** A trained model with everything around it; what it can do beyond `evaluate` depends on its `task`. */
export type TrainedRun =
  | PairRun
  | CtcRun
  | SpeechRun
  | LanguageRun
  | MaskedLanguageRun
  | DenoisingRun
  | ClassificationRun
  | MultiLabelRun
  | TaggingRun
  | RegressionRun
  | ForecastingRun
  | MultiTaskRun;

/** A run directory as its task reads it. */
interface ReadRun {
  readonly description: RunDescription;
  /** The run with the values of a checkpoint. */
  open(loaded: LoadedParameters): TrainedRun;
}

/** @throws UserError when the directory is no run, or one of another format version, or was edited. */
export async function describeRun(path: string): Promise<RunDescription> {
  return (await readRun(path)).description;
}

async function readRun(path: string): Promise<ReadRun> {
  const run = await RunDirectory.open(path);
  const config = parseConfig(await run.readText('config.yaml'), run.file('config.yaml'));
  const read = async (name: string) => tokenizerFromJson(await run.readJson(name), run.file(name));
  const readPair = async () => ({
    source: await read(pairTokenizerFiles.source),
    target: await read(pairTokenizerFiles.target),
  });
  switch (config.task) {
    case 'sequence-to-sequence': {
      const encodings = await readPair();
      const description = { run, config, encodings, model: buildPairModel(config, encodings) };
      return { description, open: (loaded) => new PairRun(description, loaded) };
    }
    case 'ctc': {
      const encodings = await readPair();
      const description = { run, config, encodings, model: buildCtcModel(config, encodings) };
      return { description, open: (loaded) => new CtcRun(description, loaded) };
    }
    case 'speech-recognition': {
      const text = await read(speechTokenizerFile);
      const speech = { scaling: await readScaling(run, scalingFile), text };
      const model = buildSpeechModel(config, speech);
      const description = { run, config, encodings: { text }, speech, model };
      return { description, open: (loaded) => new SpeechRun(description, loaded) };
    }
    case 'language-model': {
      const text = await read(languageTokenizerFile);
      const description = { run, config, encodings: { text }, model: buildLanguageModel(config, text) };
      return { description, open: (loaded) => new LanguageRun(description, loaded) };
    }
    case 'masked-language-model': {
      const text = await read(languageTokenizerFile);
      const model = buildMaskedLanguageModel(config, text);
      const description = { run, config, encodings: { text }, model };
      return { description, open: (loaded) => new MaskedLanguageRun(description, loaded) };
    }
    case 'denoising': {
      const text = await read(languageTokenizerFile);
      const description = { run, config, encodings: { text }, model: buildDenoisingModel(config, text) };
      return { description, open: (loaded) => new DenoisingRun(description, loaded) };
    }
    case 'classification': {
      const classes = await readClassEncoding(run, config);
      // The weights of classes count in training alone.
      const weights = new Array<number>(classes.labels.size).fill(1);
      const model = buildClassifier(config, classes, { weights });
      const description = { run, config, encodings: ofText(classes.text), classes, model };
      return { description, open: (loaded) => new ClassificationRun(description, loaded) };
    }
    case 'multi-label': {
      const classes = await readClassEncoding(run, config);
      const model = buildMultiLabelClassifier(config, classes);
      const description = { run, config, encodings: ofText(classes.text), classes, model };
      return { description, open: (loaded) => new MultiLabelRun(description, loaded) };
    }
    case 'tagging': {
      const text = await read(taggingFiles.tokenizer);
      const tags = await readTags(run);
      const model = buildTagger(config, text, tags);
      const description = { run, config, encodings: { text }, tags, model };
      return { description, open: (loaded) => new TaggingRun(description, loaded) };
    }
    case 'regression': {
      const valued = await readValueEncoding(run, config);
      const model = buildRegressor(config, valued);
      const description = { run, config, encodings: ofText(valued.text), valued, model };
      return { description, open: (loaded) => new RegressionRun(description, loaded) };
    }
    case 'forecasting': {
      const scaling = await readScaling(run, scalingFile);
      const model = buildForecaster(config, scaling.names.length);
      const description = { run, config, encodings: {}, scaling, model };
      return { description, open: (loaded) => new ForecastingRun(description, loaded) };
    }
    case 'multi-task': {
      const description = await describeMultiTask(run, config);
      return { description, open: (loaded) => new MultiTaskRun(description, loaded) };
    }
  }
}

/** What reads no text has no encoding of one. */
function ofText(text: TextEncoding | undefined): Record<string, TextEncoding> {
  return text ? { text } : {};
}

/**
 * Opens a checkpoint of a run, the best by default (the latest where no validation chose one).
 * @param options.task what the model must be for; by default any.
 * @param options.checkpoint another one: 'latest', or that of a step, of those that `training.keepCheckpoints` lets stay.
 * @throws UserError as `describeRun`, when the checkpoint is not there, is damaged or does not fit the configuration, and
 * when the run has another task.
 */
export async function openRun<Name extends TaskName = TaskName>(
  path: string,
  { engine, task, checkpoint = 'best' }: { engine: Engine; task?: Name; checkpoint?: CheckpointChoice },
): Promise<Extract<TrainedRun, { task: Name }>> {
  const { description, open } = await readRun(path);
  const { task: own } = description.config;
  if (task !== undefined && own !== task)
    throw new UserError(`${path}: the task of the run is ${own}, not ${task}. Open another run.`);
  return open(await load(description, engine, checkpoint)) as Extract<TrainedRun, { task: Name }>;
}

async function load(
  { run, model }: RunDescription,
  engine: Engine,
  checkpoint: CheckpointChoice,
): Promise<LoadedParameters> {
  const { step, parameters } = await run.checkpoints().loadParameters(checkpoint);
  const store = new ParameterStore(engine, model);
  try {
    store.load(parameters);
  } catch (error) {
    throw new UserError(
      `${run.file('config.yaml')}: does not fit the checkpoint of step ${step}. ${(error as Error).message}`,
      { cause: error },
    );
  }
  return { engine, step, parameters: store.values.views };
}
