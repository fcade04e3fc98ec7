import type { EventFile } from '../../formats/node/eventFile.js';
import type { Checkpoints } from '../../formats/node/checkpoints.js';
import { RunDirectory } from '../../formats/node/runDirectory.js';
import type { MetricsRow } from '../../formats/metricsRow.js';
import type { ReportSample } from '../../formats/report.js';
import type { Recorder, TrainingCheckpoint } from '../trainer.js';
import { requireNoAverage } from './averageCheckpoints.js';

/** What a row says about itself, not what was measured. */
const notScalars = new Set(['step', 'split', 'time']);

/** Leaves a training's traces in its run directory: rows, TensorBoard scalars, checkpoints, samples. */
export class RunRecorder implements Recorder {
  private constructor(
    readonly run: RunDirectory,
    private readonly events: EventFile,
    private readonly checkpoints: Checkpoints,
    /** Where to go on from; undefined for a new training. */
    readonly resumedFrom: TrainingCheckpoint | undefined,
  ) {}

  /**
   * Opens a run directory to train in it, until `close`. With `resume`, a run that has a checkpoint goes on from the
   * latest: rows of later steps are dropped, because the training will write them again. Without a checkpoint the
   * directory is made anew, so what was killed early starts over.
   * @throws UserError when another process trains there, when it holds a run and `resume` is not set, when it has
   * another format version, or when its latest checkpoint is damaged, or an average of others.
   * @param options `keepCheckpoints`: how many of the newest stay, beside the best; 2 by default.
   */
  static async open(
    path: string,
    { resume = false, keepCheckpoints }: { resume?: boolean; keepCheckpoints?: number } = {},
  ): Promise<RunRecorder> {
    const run = resume && (await RunDirectory.isStarted(path)) ? await RunDirectory.resume(path) : undefined;
    if (!run) {
      const created = await RunDirectory.create(path);
      const checkpoints = created.checkpoints(keepCheckpoints);
      return new RunRecorder(created, await created.startEventFile(), checkpoints, undefined);
    }
    try {
      const checkpoints = run.checkpoints(keepCheckpoints);
      const checkpoint = await checkpoints.load('latest');
      requireNoAverage(path, checkpoint);
      await run.metrics.truncate(checkpoint.step);
      await run.samples.truncate(checkpoint.step);
      const events = await run.startEventFile(checkpoint.step);
      return new RunRecorder(run, events, checkpoints, checkpoint);
    } catch (error) {
      run.close();
      throw error;
    }
  }

  async row(row: MetricsRow): Promise<void> {
    await this.run.metrics.append(row);
    const scalars: Record<string, number> = {};
    for (const [name, value] of Object.entries(row))
      if (typeof value === 'number' && !notScalars.has(name)) scalars[`${name}/${row.split}`] = value;
    await this.events.scalars(row.step, scalars);
  }

  checkpoint(checkpoint: TrainingCheckpoint, best: boolean, interrupted = false): Promise<void> {
    return this.checkpoints.save(checkpoint, { best, interrupted });
  }

  /** Predictions of a step beside what is right. */
  async samples(step: number, samples: readonly ReportSample[]): Promise<void> {
    for (const sample of samples) await this.run.samples.append(sample);
    const lines = samples.map(({ source, prediction, target }) => {
      const right = typeof target === 'string' ? target : target.join(', ');
      return `| ${[source, prediction, right].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    });
    await this.events.text(
      step,
      'samples',
      ['| source | prediction | right |', '|---|---|---|', ...lines].join('\n'),
    );
  }

  /** Lets other trainings into the directory. */
  close(): void {
    this.run.close();
  }
}
