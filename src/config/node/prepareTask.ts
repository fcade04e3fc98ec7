import type { BadRows } from '../../data/badRows.js';
import { readNumbers } from '../../data/node/numbers.js';
import { readWordVectors } from '../../data/node/wordVectors.js';
import { loadVectors } from '../../data/wordVectors.js';
import { exists } from '../../formats/node/files.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { counted, groupDigits } from '../../formats/terminal.js';
import { UserError } from '../../tensor/errors.js';
import { augmented } from '../augmentation.js';
import { badRowsOf } from '../badRowPolicy.js';
import { buildClassificationTask, classificationFiles } from '../classificationTask.js';
import { buildCtcTask } from '../ctcTask.js';
import { buildDenoisingTask } from '../denoisingTask.js';
import { buildForecastingTask } from '../forecastingTask.js';
import {
  drawWeights,
  knownEncodings,
  takeOver,
  textEmbedding,
  type KnownEncodings,
  type Pretrained,
} from '../initialValues.js';
import { buildLanguageTask } from '../languageTask.js';
import { buildMaskedLanguageTask } from '../maskedLanguageTask.js';
import { buildMultiLabelTask } from '../multiLabelTask.js';
import { buildMultiTask } from '../multiTask.js';
import { buildPairTask } from '../pairTask.js';
import { buildRegressionTask } from '../regressionTask.js';
import type { Config } from '../schema.js';
import { buildSpeechTask } from '../speechTask.js';
import { buildTaggingTask, taggingFiles } from '../taggingTask.js';
import type { Task } from '../task.js';
import { cleanersOf, type Cleaners, explained } from './cleanTexts.js';
import { buildPairTaskOnDisk } from './pairsOnDisk.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readSpoken } from './readSpoken.js';
import { readTagged } from './readTagged.js';
import { readTasks } from './readTasks.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';
import { describeRun } from './trainedRun.js';

/**
 * Reads the data of a configuration and builds what it describes, with the values that it is to start from.
 * @throws UserError naming the file and the line, or the key.
 */
export async function prepareTask(config: Config): Promise<Task> {
  const { weights, vectors, run, part } = config.training.initial;
  const pretrained = run === undefined ? undefined : await readPretrained(run);
  const badRows = badRowsOf(config);
  const cleaners = cleanersOf(config);
  const known = pretrained && knownEncodings(pretrained, part);
  const task = await explained(cleaners, () => buildTask(config, { badRows, cleaners }, known));
  if (weights) drawWeights(task.model, weights);
  const notes = [...badRows.notes, ...Object.values(cleaners).flatMap((cleaner) => cleaner?.notes ?? [])];
  if (vectors !== undefined) notes.push(await startFromVectors(task, vectors));
  if (pretrained) {
    takeOver(task.model, pretrained, part);
    if (part === 'model') await requireSameLabels(task, pretrained.run);
    notes.push(`starts from ${part === 'model' ? 'all of' : 'the encoder of'} ${pretrained.path}`);
  }
  const train = augmented(config, task);
  return { ...task, train, badRows, facts: { ...task.facts, notes: [...task.facts.notes, ...notes] } };
}

/** What reads the data, and remembers what it left out. */
interface Reading {
  readonly badRows: BadRows;
  readonly cleaners: Cleaners;
}

async function buildTask(
  config: Config,
  { badRows, cleaners }: Reading,
  known: KnownEncodings | undefined,
): Promise<Task> {
  const cleaner = cleaners[''];
  switch (config.task) {
    case 'sequence-to-sequence':
      return config.data.onDisk
        ? buildPairTaskOnDisk(config, badRows, cleaner, known)
        : buildPairTask(config, await readExamples(config, badRows, cleaner), known);
    case 'ctc':
      return buildCtcTask(config, await readExamples(config, badRows, cleaner), known);
    case 'speech-recognition':
      return buildSpeechTask(config, await readSpoken(config, badRows, cleaner), known);
    case 'language-model':
      return buildLanguageTask(config, await readTexts(config, badRows, cleaner), known);
    case 'masked-language-model':
      return buildMaskedLanguageTask(config, await readTexts(config, badRows, cleaner), known);
    case 'denoising':
      return buildDenoisingTask(config, await readTexts(config, badRows, cleaner), known);
    case 'classification':
      return buildClassificationTask(config, await readLabelled(config, badRows, cleaner), known);
    case 'multi-label':
      return buildMultiLabelTask(config, await readMultiLabel(config, badRows, cleaner), known);
    case 'tagging':
      return buildTaggingTask(config, await readTagged(config.data, badRows, cleaner), known);
    case 'regression':
      return buildRegressionTask(config, await readValued(config, badRows, cleaner), known);
    case 'forecasting':
      return buildForecastingTask(config, await readNumbers(config.data.source.file, config.data.source));
    case 'multi-task':
      return buildMultiTask(config, await readTasks(config, badRows, cleaners), known);
  }
}

/**
 * The encodings of the run that a configuration starts from; undefined where it starts from none.
 * @throws UserError naming the run that cannot be read, or reads no text.
 */
export async function readKnownEncodings({ training }: Config): Promise<KnownEncodings | undefined> {
  const { run, part } = training.initial;
  return run === undefined ? undefined : knownEncodings(await readPretrained(run), part);
}

async function readPretrained(path: string): Promise<Pretrained & { readonly run: RunDirectory }> {
  if (!(await exists(path)))
    throw new UserError(
      `training.initial.run: there is no ${path}. Give the directory that a training wrote; a relative path counts from the folder of the configuration.`,
    );
  try {
    const { run, model, encodings } = await describeRun(path);
    const { parameters } = await run.checkpoints().loadParameters('best');
    return { path, run, model, encodings, values: parameters };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`training.initial.run: ${error.message}`, { cause: error });
  }
}

/** Files that name what the outputs of a model stand for. */
const labelFiles = [classificationFiles.classes, taggingFiles.tags];

/** @throws UserError when outputs that are taken over would stand for something else. */
async function requireSameLabels({ files }: Task, run: RunDirectory): Promise<void> {
  for (const name of Object.keys(files)) {
    // Of one of several tasks behind its name.
    if (!labelFiles.some((file) => name === file || name.endsWith(`.${file}`))) continue;
    if (JSON.stringify(await run.readJson(name)) !== JSON.stringify(files[name]))
      throw new UserError(
        `training.initial.run: ${run.file(name)} lists other labels than the training data have. Take the encoder alone (training.initial.part).`,
      );
  }
}

/** @returns how much of the vocabulary is known, in words. */
async function startFromVectors({ model, reads }: Task, path: string): Promise<string> {
  const embedding = textEmbedding(model);
  const coverage = await loadVectors(embedding, reads!.vocabulary, readWordVectors(path));
  return `${groupDigits(coverage.known)} of ${counted(coverage.words, 'token')} start from ${path}`;
}
