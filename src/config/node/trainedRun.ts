import { RunDirectory } from '../../formats/node/runDirectory.js';
import type { Engine, HostTensor } from '../../engine/engine.js';
import type { Seq2Seq } from '../../models/seq2seq.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizerFromJson, tokenizerToJson } from '../../text/tokenizerJson.js';
import { Evaluator } from '../../train/evaluator.js';
import { ParameterStore } from '../../train/parameterStore.js';
import type { Predictor } from '../../decode/predictor.js';
import { buildModel, type PairEncoding } from '../buildTask.js';
import { parseConfig } from '../parseConfig.js';
import type { Config } from '../schema.js';

const SOURCE_TOKENIZER = 'tokenizer.source.json';
const TARGET_TOKENIZER = 'tokenizer.target.json';

/** Keeps the tokenizers of a run. */
export async function writeEncoding(run: RunDirectory, { source, target }: PairEncoding): Promise<void> {
  await run.writeJson(SOURCE_TOKENIZER, tokenizerToJson(source));
  await run.writeJson(TARGET_TOKENIZER, tokenizerToJson(target));
}

/** What a run directory says of its model, values aside. */
export interface RunDescription {
  readonly run: RunDirectory;
  readonly config: Config;
  readonly encoding: PairEncoding;
  readonly model: Seq2Seq;
}

/** @throws UserError when the directory is no run, or one of another format version, or was edited. */
export async function describeRun(path: string): Promise<RunDescription> {
  const run = await RunDirectory.open(path);
  const config = parseConfig(await run.readText('config.yaml'), run.file('config.yaml'));
  const encodingOf = async (name: string) => tokenizerFromJson(await run.readJson(name), run.file(name));
  const encoding = { source: await encodingOf(SOURCE_TOKENIZER), target: await encodingOf(TARGET_TOKENIZER) };
  return { run, config, encoding, model: buildModel(config, encoding) };
}

/**
 * A trained model with everything around it:
 * `const run = await openRun('runs/pronounce', { engine }); await run.predictor.predict(['heddle'])`.
 */
export interface TrainedRun extends RunDescription {
  /** Of the checkpoint. */
  readonly step: number;
  readonly parameters: ReadonlyMap<string, HostTensor>;
  readonly evaluator: Evaluator;
  readonly predictor: Predictor;
}

/**
 * Opens the best checkpoint of a run (the latest where no validation chose one).
 * @throws UserError as `describeRun`, and when the checkpoint is damaged or does not fit the configuration.
 */
export async function openRun(path: string, { engine }: { engine: Engine }): Promise<TrainedRun> {
  const description = await describeRun(path);
  const { run, model, encoding } = description;
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
  const evaluator = new Evaluator(engine, model, store.values.views, encoding);
  return {
    ...description,
    step,
    parameters: store.values.views,
    evaluator,
    predictor: evaluator.predictor,
  };
}
