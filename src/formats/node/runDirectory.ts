import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../tensor/errors.js';
import { Checkpoints } from './checkpoints.js';
import { EventFile } from './eventFile.js';
import {
  exists,
  makeDirectory,
  readBytes,
  readJson,
  readText,
  removeTemporaries,
  writeFileAtomically,
  writeJson,
} from './files.js';
import type { MetricsRow } from '../metricsRow.js';
import type { ReportSample } from '../report.js';
import { lockRun, type RunLock } from './runLock.js';
import { StepLinesFile } from './stepLinesFile.js';

/** What a training leaves beside what it was told. */
const traces = ['metrics.jsonl', 'samples.jsonl', 'tensorboard', 'checkpoints', 'report.html', 'test.json'];

/** Raised when the layout changes in a way that older readers would misread. */
export const RUN_FORMAT_VERSION = 1;

/**
 * Everything that belongs to one training run:
 * ```text
 * runs/<name>/
 *   format.json      { "formatVersion": 1 }
 *   config.yaml      the resolved configuration
 *   tokenizer.json, …  written by the floors above
 *   checkpoints/     see {@link Checkpoints}
 *   metrics.jsonl    rows of metrics; see {@link StepLinesFile}
 *   samples.jsonl    predictions made during training
 *   tensorboard/     event files
 *   report.html
 *   lock             while a process trains here; see {@link lockRun}
 * ```
 */
export class RunDirectory {
  readonly metrics: StepLinesFile<MetricsRow>;
  readonly samples: StepLinesFile<ReportSample>;

  private constructor(
    readonly path: string,
    private readonly lock?: RunLock,
  ) {
    this.metrics = new StepLinesFile(join(path, 'metrics.jsonl'), ['split']);
    this.samples = new StepLinesFile(join(path, 'samples.jsonl'), ['source', 'target', 'prediction']);
  }

  /**
   * Makes a run directory for a new training and guards it against a second one until {@link close}. What a training
   * left that was stopped before its first checkpoint is cleared.
   * @throws UserError when the directory holds a run with a checkpoint or files that are not of a run, another process
   * trains in it, or it cannot be written.
   */
  static async create(path: string): Promise<RunDirectory> {
    await makeDirectory(path);
    const run = await RunDirectory.locked(path);
    try {
      if (await RunDirectory.isStarted(path)) {
        throw new UserError(
          `${path}: holds a run already. Go on with it (--resume; in code resume: true), choose another directory (--run; in code path), or remove it.`,
        );
      }
      await requireOwn(path);
      for (const name of traces) await rm(run.file(name), { recursive: true, force: true });
      await run.writeJson('format.json', { formatVersion: RUN_FORMAT_VERSION });
      return run;
    } catch (error) {
      run.close();
      throw error;
    }
  }

  /** Whether a directory holds a run with a checkpoint: something to resume, and to protect from a new training. */
  static async isStarted(path: string): Promise<boolean> {
    return new Checkpoints(join(path, 'checkpoints')).any();
  }

  /**
   * Opens a run directory to go on training, and guards it against a second training until {@link close}.
   * @throws UserError as {@link open}, and when another process trains in it.
   */
  static async resume(path: string): Promise<RunDirectory> {
    await RunDirectory.open(path);
    return RunDirectory.locked(path);
  }

  /**
   * Opens a run directory to read it.
   * @throws UserError when it is none, or one of another format version.
   */
  static async open(path: string): Promise<RunDirectory> {
    const format = join(path, 'format.json');
    if (!(await exists(format))) {
      throw new UserError(
        `${path}: not a run directory (it has no format.json). Give the directory that a training wrote.`,
      );
    }
    const version = ((await readJson(format)) as { formatVersion?: unknown } | null)?.formatVersion;
    if (version !== RUN_FORMAT_VERSION) {
      throw new UserError(
        `${path}: the run directory has format version ${JSON.stringify(version) ?? 'none'}; this heddle reads version ${RUN_FORMAT_VERSION}. Use the version of heddle that wrote it, or train again.`,
      );
    }
    return new RunDirectory(path);
  }

  private static async locked(path: string): Promise<RunDirectory> {
    const lock = await lockRun(path);
    await removeTemporaries(path);
    return new RunDirectory(path, lock);
  }

  /** Lets other trainings into the directory. A process that dies needs no call: its lock is taken over. */
  close(): void {
    this.lock?.release();
  }

  /** The path of a file of the run. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** @param keep how many of the newest checkpoints stay, beside the best. */
  checkpoints(keep?: number): Checkpoints {
    return new Checkpoints(join(this.path, 'checkpoints'), keep);
  }

  /**
   * Takes over what another run says of its model: configuration, tokenizers, classes …, but no trace of its training.
   * @throws UserError when a file cannot be read or written.
   */
  async copyDescription(from: RunDirectory): Promise<void> {
    const own = (name: string) => name === 'format.json' || name.startsWith('lock') || name.startsWith('.');
    for (const entry of await readdir(from.path, { withFileTypes: true }))
      if (entry.isFile() && !traces.includes(entry.name) && !own(entry.name))
        await writeFileAtomically(this.file(entry.name), await readBytes(from.file(entry.name)));
  }

  /** Starts an event file for TensorBoard; see {@link EventFile.start}. */
  startEventFile(resumedFrom?: number): Promise<EventFile> {
    return EventFile.start(join(this.path, 'tensorboard'), resumedFrom);
  }

  /** @throws UserError when the file is missing or empty. */
  readText(name: string): Promise<string> {
    return readText(this.file(name));
  }

  /** Writes a text of the run (`config.yaml`, `report.html` …) atomically. */
  writeText(name: string, text: string): Promise<void> {
    return writeFileAtomically(this.file(name), text);
  }

  /** @throws UserError when the file is missing or is not JSON. */
  readJson(name: string): Promise<unknown> {
    return readJson(this.file(name));
  }

  /** Writes a value of the run (`tokenizer.json` …) as JSON, atomically. */
  writeJson(name: string, value: unknown): Promise<void> {
    return writeJson(this.file(name), value);
  }
}

/** Clearing a folder that holds something else would lose it. */
async function requireOwn(path: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('lock'));
  if (names.length > 0 && !names.includes('format.json')) {
    throw new UserError(
      `${path}: is not empty and not a run directory (it has no format.json). Choose another directory.`,
    );
  }
}
