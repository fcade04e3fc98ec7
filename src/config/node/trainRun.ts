import type { Engine } from '../../engine/engine.js';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import type { ReportSample } from '../../formats/report.js';
import { UserError } from '../../tensor/errors.js';
import { RunRecorder } from '../../train/node/runRecorder.js';
import { Trainer, type FitResult, type Metrics, type TrainingProgress } from '../../train/trainer.js';
import { firstDifference } from '../differences.js';
import { formatConfig, parseConfig } from '../parseConfig.js';
import type { Config } from '../schema.js';
import type { Task } from '../task.js';
import { prepareTask } from './prepareTask.js';

/** Told what happens in a training. */
export interface TrainingObserver {
  /** The data are read and the step is compiled. */
  prepared?(facts: { task: Task; parameterCount: number; resumedFrom: number | undefined }): void;
  progress?(progress: TrainingProgress): void;
  validated?(validation: ValidationEvent): void;
}

export interface ValidationEvent {
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
  /** Whether it is the best so far. */
  readonly best: boolean;
  readonly samples: readonly ReportSample[];
}

export interface TrainRunOptions {
  readonly engine: Engine;
  /** Of the run directory. */
  readonly path: string;
  /** Goes on from the latest checkpoint, if there is one. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly observer?: TrainingObserver;
}

/**
 * Trains what a configuration describes, in a run directory.
 * @throws UserError for data that do not fit, a directory that is in use, or a resumed run whose configuration or data
 * have changed.
 */
export async function trainRun(
  config: Config,
  options: TrainRunOptions,
): Promise<{ task: Task; fit: FitResult }> {
  const { engine, path, resume, observer = {} } = options;
  const { training } = config;
  const begun = resume && (await RunDirectory.isStarted(path)) ? await RunDirectory.open(path) : undefined;
  const task = begun ? await prepareAgain(begun, config) : await prepareTask(config);
  const recorder = await RunRecorder.open(path, { resume, keepCheckpoints: training.keepCheckpoints });
  try {
    const { run, resumedFrom } = recorder;
    if (resumedFrom) {
      await requireSameData(run, task);
      if (resumedFrom.step > task.steps)
        throw new UserError(
          `${path}: the run has done ${resumedFrom.step} steps, more than the ${task.steps} it should have in all. Raise training.steps (or epochs), or train a new run in another directory.`,
        );
    } else await writeBeginning(run, task);
    await run.writeText('config.yaml', formatConfig(config));
    if (task.badRows?.policy === 'report') await run.writeText('bad-rows.tsv', task.badRows.toTsv());
    const { seed, averageDecay } = training;
    const trainer = await Trainer.create({ ...task, engine, seed, averageDecay });
    if (resumedFrom) trainer.restore(resumedFrom);
    observer.prepared?.({
      task,
      parameterCount: trainer.trainStep.store.count,
      resumedFrom: resumedFrom?.step,
    });
    const { accumulate, logEverySteps, checkpointEverySteps, maxMinutes } = training;
    const fit = await trainer.fit(task.train, {
      steps: task.steps,
      batch: task.batch,
      accumulate,
      logEverySteps,
      checkpointEverySteps,
      maxMinutes,
      signal: options.signal,
      onProgress: observer.progress?.bind(observer),
      ...validate(config, task, trainer, { engine, recorder, observer }),
    });
    return { task, fit };
  } finally {
    recorder.close();
  }
}

/** Validation and recorder of a training: samples are answered beside the metrics, and told together with them. */
function validate(
  config: Config,
  task: Task,
  trainer: Trainer,
  { engine, recorder, observer }: { engine: Engine; recorder: RunRecorder; observer: TrainingObserver },
) {
  const { everySteps, metrics, stopOn, patience, target } = config.training.validation;
  if (task.heldOut.validation === undefined) {
    if (patience !== undefined || target !== undefined)
      throw new UserError(
        'training.validation: no example is set aside for validation, so patience and target cannot end the training. Raise data.split.validation, or give data.validation.',
      );
    return { recorder };
  }
  const evaluator = task.createEvaluator(engine, trainer.evaluationParameters);
  let measured: Metrics = {};
  return {
    validation: {
      everySteps,
      watch: stopOn,
      patience,
      target,
      run: async () => (measured = await evaluator.validate(metrics)),
    },
    recorder: {
      checkpoint: recorder.checkpoint.bind(recorder),
      async row(row: Parameters<RunRecorder['row']>[0]) {
        await recorder.row(row);
        if (row.split !== 'validation') return;
        const { step, epoch } = row;
        const samples = (await evaluator.samples()).map((sample) => ({ step, ...sample }));
        await recorder.samples(step, samples);
        observer.validated?.({ step, epoch, metrics: measured, best: trainer.best?.step === step, samples });
      },
    },
  };
}

async function writeBeginning(run: RunDirectory, task: Task): Promise<void> {
  for (const [name, content] of Object.entries(task.files)) await run.writeJson(name, content);
  await run.writeJson('data.json', { trainingFingerprint: task.fingerprint });
}

/**
 * The task of a run that is to go on.
 * @throws UserError where the configuration has changed, or does not fit the data: then these may have.
 */
async function prepareAgain(run: RunDirectory, config: Config): Promise<Task> {
  await requireSameConfig(run, config);
  try {
    return await prepareTask(config);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${run.path}: cannot go on: ${error.message} If the data have changed since the run was begun, restore them, or train a new run (--run DIR).`,
      { cause: error },
    );
  }
}

/** A run goes on only with the configuration and the data that it was begun with: else it would be another one. */
async function requireSameConfig(run: RunDirectory, config: Config): Promise<void> {
  const begun = parseConfig(await run.readText('config.yaml'), run.file('config.yaml'));
  const difference = firstDifference(begun, config);
  if (difference) {
    const { key, before, after } = difference;
    throw new UserError(
      `${run.path}: the run was begun with ${key} ${show(before)}, now it is ${show(after)}. Set it back, or train a new run in another directory.`,
    );
  }
}

async function requireSameData(run: RunDirectory, task: Task): Promise<void> {
  const kept = (await run.readJson('data.json')) as { trainingFingerprint?: unknown } | null;
  if (kept?.trainingFingerprint !== task.fingerprint)
    throw new UserError(
      `${run.path}: the training data have changed since the run was begun. Restore them, or train a new run in another directory.`,
    );
}

function show(value: unknown): string {
  return value === undefined ? 'left out' : JSON.stringify(value);
}
