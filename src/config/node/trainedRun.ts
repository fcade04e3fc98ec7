import type { Engine } from '../../engine/engine.js';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizerFromJson, type TextEncoding } from '../../text/tokenizerJson.js';
import { ParameterStore } from '../../train/parameterStore.js';
import { buildClassifier } from '../classificationTask.js';
import { buildCtcModel } from '../ctcTask.js';
import { buildForecaster } from '../forecastingTask.js';
import { buildLanguageModel, languageTokenizerFile } from '../languageTask.js';
import { buildMaskedLanguageModel } from '../maskedLanguageTask.js';
import { buildPairModel, pairTokenizerFiles } from '../pairTask.js';
import { parseConfig } from '../parseConfig.js';
import { buildRegressor } from '../regressionTask.js';
import { scalingFile } from '../scaling.js';
import type { TaskName } from '../schema.js';
import { buildTagger, taggingFiles } from '../taggingTask.js';
import { ClassificationRun } from './classificationRun.js';
import { readClassEncoding } from './classEncoding.js';
import { CtcRun } from './ctcRun.js';
import { ForecastingRun } from './forecastingRun.js';
import { LanguageRun } from './languageRun.js';
import { MaskedLanguageRun } from './maskedLanguageRun.js';
import { PairRun } from './pairRun.js';
import { readValueEncoding, RegressionRun } from './regressionRun.js';
import { readScaling } from './scaling.js';
import { TaggingRun } from './taggingRun.js';
import type { LoadedParameters, RunDescription } from './taskRun.js';
import { readTags } from './tags.js';

/** A trained model with everything around it; what it can do beyond `evaluate` depends on its `task`. */
export type TrainedRun =
  | PairRun
  | CtcRun
  | LanguageRun
  | MaskedLanguageRun
  | ClassificationRun
  | TaggingRun
  | RegressionRun
  | ForecastingRun;

/** @throws UserError when the directory is no run, or one of another format version, or was edited. */
export async function describeRun(path: string): Promise<RunDescription> {
  const run = await RunDirectory.open(path);
  const config = parseConfig(await run.readText('config.yaml'), run.file('config.yaml'));
  const read = async (name: string) => tokenizerFromJson(await run.readJson(name), run.file(name));
  switch (config.task) {
    case 'sequence-to-sequence': {
      const encodings = {
        source: await read(pairTokenizerFiles.source),
        target: await read(pairTokenizerFiles.target),
      };
      return { run, config, encodings, model: buildPairModel(config, encodings) };
    }
    case 'ctc': {
      const encodings = {
        source: await read(pairTokenizerFiles.source),
        target: await read(pairTokenizerFiles.target),
      };
      return { run, config, encodings, model: buildCtcModel(config, encodings) };
    }
    case 'language-model': {
      const text = await read(languageTokenizerFile);
      return { run, config, encodings: { text }, model: buildLanguageModel(config, text) };
    }
    case 'masked-language-model': {
      const text = await read(languageTokenizerFile);
      return { run, config, encodings: { text }, model: buildMaskedLanguageModel(config, text) };
    }
    case 'classification': {
      const classes = await readClassEncoding(run);
      const encodings: Record<string, TextEncoding> = classes.text ? { text: classes.text } : {};
      // The weights of classes count in training alone.
      const weights = new Array<number>(classes.labels.size).fill(1);
      return { run, config, encodings, classes, model: buildClassifier(config, classes, weights) };
    }
    case 'tagging': {
      const text = await read(taggingFiles.tokenizer);
      const tags = await readTags(run);
      return { run, config, encodings: { text }, tags, model: buildTagger(config, text, tags) };
    }
    case 'regression': {
      const valued = await readValueEncoding(run, config);
      const encodings: Record<string, TextEncoding> = valued.text ? { text: valued.text } : {};
      return { run, config, encodings, valued, model: buildRegressor(config, valued) };
    }
    case 'forecasting': {
      const scaling = await readScaling(run, scalingFile);
      return { run, config, encodings: {}, scaling, model: buildForecaster(config, scaling.names.length) };
    }
  }
}

/**
 * Opens the best checkpoint of a run (the latest where no validation chose one).
 * @param options.task what the model must be for; by default any.
 * @throws UserError as `describeRun`, when the checkpoint is damaged or does not fit the configuration, and when the run
 * has another task.
 */
export async function openRun<Name extends TaskName = TaskName>(
  path: string,
  { engine, task }: { engine: Engine; task?: Name },
): Promise<Extract<TrainedRun, { task: Name }>> {
  const description = await describeRun(path);
  const { task: own } = description.config;
  if (task !== undefined && own !== task)
    throw new UserError(`${path}: the task of the run is ${own}, not ${task}. Open another run.`);
  const run = makeRun(description, await loadBest(description, engine));
  return run as Extract<TrainedRun, { task: Name }>;
}

function makeRun(description: RunDescription, loaded: LoadedParameters): TrainedRun {
  switch (description.config.task) {
    case 'sequence-to-sequence':
      return new PairRun(description as PairRun['description'], loaded);
    case 'ctc':
      return new CtcRun(description as CtcRun['description'], loaded);
    case 'language-model':
      return new LanguageRun(description as LanguageRun['description'], loaded);
    case 'masked-language-model':
      return new MaskedLanguageRun(description as MaskedLanguageRun['description'], loaded);
    case 'classification':
      return new ClassificationRun(description as ClassificationRun['description'], loaded);
    case 'tagging':
      return new TaggingRun(description as TaggingRun['description'], loaded);
    case 'regression':
      return new RegressionRun(description as RegressionRun['description'], loaded);
    case 'forecasting':
      return new ForecastingRun(description as ForecastingRun['description'], loaded);
  }
}

async function loadBest({ run, model }: RunDescription, engine: Engine): Promise<LoadedParameters> {
  const { step, parameters } = await run.checkpoints().loadParameters('best');
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
