import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { append, makeDirectory, removeTemporaries, writeFileAtomically } from '../../formats/node/files.js';
import { readJsonLines } from '../../formats/node/jsonLines.js';
import { lockRun, type RunLock } from '../../formats/node/runLock.js';
import { UserError } from '../../tensor/errors.js';
import type { Job, Result, Trial } from '../../tune/search.js';
import { dataPlaces, firstDifference } from '../differences.js';
import type { SearchPlan } from './searchPlan.js';

/** Raised when `tune.jsonl` changes in a way that older readers would misread. */
const FORMAT_VERSION = 1;

/** A line of `tune.jsonl`, in the order in which things happened. */
type SearchEvent =
  | { readonly event: 'search'; readonly formatVersion: number; readonly settings: object }
  | ({ readonly event: 'begin' } & Pick<Job, 'trial' | 'values'>)
  | ({ readonly event: 'end' } & Pick<Job, 'trial' | 'rung'> &
      Omit<Result, 'value'> & {
        /** null: it diverged. */
        readonly value: number | null;
      })
  | ({ readonly event: 'failed' } & Pick<Job, 'trial' | 'rung'> & { readonly error: string });

const EVENTS = 'tune.jsonl';

/** Keys that do not change what a search finds; with halving, `tune.trials` decides which trials go on. */
const MAY_CHANGE = new RegExp(String.raw`^(name|training\.threads|tune\.parallel|${dataPlaces})$`);
const MAY_CHANGE_OR_GROW = new RegExp(`${MAY_CHANGE.source}|^tune\\.trials$`);

/**
 * Everything that belongs to a search:
 * ```text
 * runs/<name>-tune/
 *   tune.jsonl       what was begun and what came of it, a line each
 *   trial-001/ …     run directories
 *   best.yaml  report.html
 *   lock             while a process searches here
 * ```
 * A line is on the disk before anything follows from it, so that a search can be killed at any moment.
 */
export class SearchDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: RunLock,
    private readonly begun: Trial[],
  ) {}

  /**
   * Opens a directory for a new search, or with `resume` for one that was begun there, if there is one; until `close`.
   * @throws UserError when it holds a search and `resume` is not set, or something else, when the search was begun with
   * other settings, or another process searches there.
   */
  static async open(path: string, plan: SearchPlan, { resume = false } = {}): Promise<SearchDirectory> {
    await makeDirectory(path);
    const lock = await lockRun(path);
    try {
      await removeTemporaries(path);
      const file = join(path, EVENTS);
      const lines = await readJsonLines(file);
      const [first, ...events] = lines.map(({ value }) => value as SearchEvent);
      // JSON has no undefined.
      const settings = JSON.parse(JSON.stringify({ ...plan.base, tune: plan.tune })) as object;
      if (first) {
        if (!resume)
          throw new UserError(
            `${path}: holds a search already. Go on with it (--resume; in code resume: true), choose another directory (--run; in code path), or remove it.`,
          );
        requireSame(path, first, settings, plan);
        // A last line may have been cut off.
        await writeFileAtomically(
          file,
          lines.map(({ bytes }) => bytes),
        );
      } else {
        await requireFresh(path);
        await writeFileAtomically(file, '');
        await record(path, { event: 'search', formatVersion: FORMAT_VERSION, settings });
      }
      return new SearchDirectory(path, lock, trialsOf(events));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Lets other processes in. */
  close(): void {
    this.lock.release();
  }

  /** All trials that were begun, by number. */
  get trials(): readonly Trial[] {
    return this.begun;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The run directory of a trial. */
  runOf(trial: number): string {
    return this.file(`trial-${String(trial).padStart(3, '0')}`);
  }

  /** Notes that a trial is to be trained, if it is a new one. */
  async begin({ trial, values }: Job): Promise<void> {
    if (trial <= this.begun.length) return;
    await record(this.path, { event: 'begin', trial, values });
    this.begun.push({ number: trial, values, results: [] });
  }

  async end({ trial, rung }: Job, result: Result): Promise<void> {
    const { value, step, steps, seconds } = result;
    await record(this.path, {
      event: 'end',
      trial,
      rung,
      value: Number.isFinite(value) ? value : null,
      step,
      steps,
      seconds,
    });
    this.update(trial, (old) => ({ ...old, results: [...old.results, result] }));
  }

  async fail({ trial, rung }: Job, error: string): Promise<void> {
    await record(this.path, { event: 'failed', trial, rung, error });
    this.update(trial, (old) => ({ ...old, error }));
  }

  private update(trial: number, change: (old: Trial) => Trial): void {
    this.begun[trial - 1] = change(this.begun[trial - 1]!);
  }
}

function record(path: string, event: SearchEvent): Promise<void> {
  return append(join(path, EVENTS), `${JSON.stringify(event)}\n`, { flush: true });
}

function trialsOf(events: readonly SearchEvent[]): Trial[] {
  const trials: Trial[] = [];
  for (const event of events) {
    if (event.event === 'search') continue;
    const { trial } = event;
    if (event.event === 'begin') {
      trials[trial - 1] = { number: trial, values: event.values, results: [] };
      continue;
    }
    const old = trials[trial - 1]!;
    if (event.event === 'failed') trials[trial - 1] = { ...old, error: event.error };
    else {
      const { step, steps, seconds } = event;
      const result = { value: event.value ?? NaN, step, steps, seconds };
      trials[trial - 1] = { ...old, results: [...old.results, result] };
    }
  }
  return trials;
}

/** A search goes on only as it was begun: else its trials could not be compared. */
function requireSame(path: string, begun: SearchEvent, settings: object, { search }: SearchPlan): void {
  if (begun.event !== 'search' || begun.formatVersion !== FORMAT_VERSION)
    throw new UserError(
      `${join(path, EVENTS)}: not of a search that this heddle can go on with. Use the version of heddle that wrote it, or choose another directory.`,
    );
  const mayChange = search.strategy.type === 'halving' ? MAY_CHANGE : MAY_CHANGE_OR_GROW;
  const difference = firstDifference(begun.settings, settings, mayChange);
  if (!difference) return;
  const { key, before, after } = difference;
  const [old, now] = [before, after].map((value) =>
    value === undefined ? 'left out' : JSON.stringify(value),
  );
  throw new UserError(
    `${path}: the search was begun with ${key} ${old}, now it is ${now}. Set it back, or begin a new search in another directory.`,
  );
}

/** Files of something else would be mixed up with the search's. */
async function requireFresh(path: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('lock') && name !== EVENTS);
  if (names.length > 0)
    throw new UserError(`${path}: is not empty, and holds no search. Choose another directory.`);
}
