import { metricsLine, unitOf } from '../config/figures.js';
import { drawExamples } from '../config/pairTask.js';
import type { RunEvaluation } from '../config/node/taskRun.js';
import { keepTested } from '../config/node/testedExamples.js';
import { openRun, type TrainedRun } from '../config/node/trainedRun.js';
import { trainRun, type TrainingObserver } from '../config/node/trainRun.js';
import type { Config } from '../config/schema.js';
import type { Task } from '../config/task.js';
import type { Engine } from '../engine/engine.js';
import { counted, formatDuration, groupDigits } from '../formats/terminal.js';
import type { AnsweredExample } from '../train/decodedAnswers.js';
import type { FitResult, Metrics, StopReason } from '../train/trainer.js';
import { evaluationSummary } from './evaluate.js';
import { interruptible } from './interruptible.js';
import { writeReport } from './runReport.js';
import { TrainingDisplay } from './trainingDisplay.js';

export interface TrainingOptions {
  readonly engine: Engine;
  /** The run directory. */
  readonly run: string;
  readonly resume: boolean;
  /** What is said before the data. */
  readonly heading: readonly string[];
  /** The command that goes on after an interruption. */
  readonly goOn: string;
  /** Called with the task before anything is trained; what it throws ends it. */
  readonly prepared?: (task: Task) => void;
}

/** A training that came to its end. */
export interface Trained {
  readonly trained: TrainedRun;
  readonly task: Task;
  readonly display: TrainingDisplay;
  /** The best checkpoint on the test part, where there is one, and some of its answers. */
  readonly tested:
    { readonly evaluation: RunEvaluation; readonly answers: readonly AnsweredExample[] } | undefined;
}

/**
 * Trains in the terminal, measures the best checkpoint on the test part and writes the report.
 * @returns the exit code where the user interrupted it.
 */
export async function trainAndTest(
  config: Config,
  { engine, run, resume, heading, goOn, prepared }: TrainingOptions,
): Promise<Trained | { readonly exitCode: number }> {
  const display = new TrainingDisplay(heading);
  const observer: TrainingObserver = {
    prepared(facts) {
      prepared?.(facts.task);
      display.prepared(facts);
    },
    progress: (progress) => {
      display.progress(progress);
    },
    validated: (validation) => {
      display.validated(validation);
    },
  };
  const { result, exitCode } = await interruptible(
    (signal) => trainRun(config, { engine, path: run, resume, signal, observer }),
    () => display.note('Stopping after this step … (once more Ctrl-C: at once, back to the last checkpoint)'),
  );
  const { task, fit } = result;
  display.note(endLine(fit, fit.steps === display.resumedFrom));
  if (fit.reason === 'interrupted') {
    display.note(`Saved. Go on with: ${goOn}`);
    return { exitCode };
  }
  const trained = await openRun(run, { engine });
  const tested = task.heldOut.test !== undefined ? await measure(trained, config) : undefined;
  if (tested) {
    await trained.run.writeJson('test.json', tested.summary);
    await keepTested(trained.run, tested.evaluation);
  }
  await writeReport(trained, fit, tested?.summary);
  return { trained, task, display, tested };
}

/** Measures the best checkpoint on the test split and says so; some of its answers. */
async function measure(trained: TrainedRun, config: Config) {
  const evaluation = await trained.evaluate({ split: 'test' });
  const summary = evaluationSummary('test', evaluation);
  // One of several tasks may have nothing to test.
  const shown: Metrics = Object.fromEntries(
    config.training.validation.metrics.flatMap((name) => {
      const value = evaluation.metrics[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const amount = counted(summary.examples, unitOf(trained.task));
  process.stdout.write(
    `Test (${amount}, ${summary.decoding}, checkpoint of step ${groupDigits(trained.step)}): ${metricsLine(shown)}\n`,
  );
  return { evaluation, summary, answers: drawExamples(evaluation.answers, 3) };
}

const reasons: Readonly<Record<StopReason, string>> = {
  steps: 'all steps done',
  patience: 'no better validation for a while (training.validation.patience)',
  target: 'the target is reached (training.validation.target)',
  time: 'the time is up (training.maxMinutes)',
  interrupted: 'interrupted',
};

function endLine({ steps, reason, seconds }: FitResult, ended: boolean): string {
  const trained = `${counted(steps, 'step')} in ${formatDuration(seconds)}: ${reasons[reason]}.`;
  return ended ? `Nothing left to train. The run has ${trained}` : `\nTrained ${trained}`;
}
