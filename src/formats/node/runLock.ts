import { readFileSync, rmSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UserError } from '../../tensor/errors.js';
import { writeError } from './files.js';

interface Owner {
  pid: number;
  host: string;
  /** Linux: the process's start in clock ticks since boot, which tells it from a later one with the same pid. */
  started?: string;
}

/** Held while a process writes into a run directory. */
export interface RunLock {
  release(): void;
}

/**
 * Takes the lock of a run directory, so that two trainings never write into the same one. The lock of a process that
 * has died (kill -9, power cut) is taken over.
 * @throws UserError naming the process that holds it.
 */
export async function lockRun(directory: string): Promise<RunLock> {
  const path = join(directory, 'lock');
  const mine = JSON.stringify(ownerOf(process.pid));
  for (;;) {
    if (await created(path, mine)) return { release: () => releaseIf(path, mine) };
    const theirs = await readLock(path);
    if (theirs === undefined) continue;
    const owner = parseOwner(theirs);
    if (owner && isAlive(owner)) {
      throw new UserError(
        `${directory}: process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`} is already training in this run directory. Wait for it, stop it, or choose another directory. If no such process runs, remove ${path}.`,
      );
    }
    await removeStale(path, theirs);
  }
}

/** Whether a living process holds the lock of a run directory. */
export async function isLocked(directory: string): Promise<boolean> {
  const owner = parseOwner((await readLock(join(directory, 'lock'))) ?? '');
  return owner !== undefined && isAlive(owner);
}

/**
 * Removes a dead process's lock. Only the holder of a second lock may, so that of several processes that found the
 * dead one, none removes the fresh lock of another.
 */
async function removeStale(path: string, content: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (await created(guard, '')) {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) await rm(path);
    await rm(guard);
    return;
  }
  await setTimeout(20);
  // It is held for microseconds; an old one was left by a kill in just these.
  const age = await stat(guard).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > 10_000) await rm(guard, { force: true });
}

/** Makes a file unless it exists. */
async function created(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeError(path, error);
  }
}

/** The content of a lock file, or undefined when it has gone meanwhile. */
async function readLock(path: string): Promise<string | undefined> {
  const read = (): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);
  const text = await read();
  if (text === undefined || parseOwner(text)) return text;
  // Between its creation and its writing, a lock is empty for some microseconds; one that stays so lost its process.
  await setTimeout(100);
  return read();
}

function releaseIf(path: string, mine: string): void {
  try {
    if (readFileSync(path, 'utf8') === mine) rmSync(path);
  } catch {
    // The run directory was removed meanwhile: there is nothing left to release.
  }
}

function ownerOf(pid: number): Owner {
  return { pid, host: hostname(), started: startOf(pid) };
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/** A process on another machine counts as alive: nothing here can tell. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: alive, another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const [state] = statOf(owner.pid);
  // A zombie: it has ended, but in a container nobody may ever ask for its exit code.
  if (state === 'Z') return false;
  return owner.started === undefined || owner.started === startOf(owner.pid);
}

function startOf(pid: number): string | undefined {
  return statOf(pid)[19];
}

/** /proc/PID/stat from its third field on; nothing where there is no /proc. The second, in parentheses, may hold spaces. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
