import { createHash } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HostTensor } from '../../engine/engine.js';
import { UserError } from '../../tensor/errors.js';
import { decodeSafetensors, safetensorsParts } from '../safetensors.js';
import { stepsInWords } from '../terminal.js';
import {
  exists,
  makeDirectory,
  readBytes,
  readJson,
  removeTemporaries,
  toJson,
  writeDirectoryAtomically,
  writeJson,
} from './files.js';

/** Everything needed to go on from a step. */
export interface Checkpoint {
  /** Updates done. */
  step: number;
  /** The model's parameters by their path. */
  parameters: Readonly<Record<string, HostTensor>>;
  /** The optimizer's tensors (moments …) by name. */
  optimizer: Readonly<Record<string, HostTensor>>;
  /** Everything else, as JSON: counters, schedule, data position … Its numbers must be finite. */
  state: Readonly<Record<string, unknown>>;
}

/** The files of a checkpoint directory; the manifest lists the others with their hashes. */
const PARAMETERS = 'parameters.safetensors';
const OPTIMIZER = 'optimizer.safetensors';
const STATE = 'state.json';
const MANIFEST = 'manifest.json';

interface Manifest {
  step: number;
  /** Whether nothing but an interruption made it be saved. */
  interrupted?: true;
  files: Record<string, { bytes: number; sha256: string }>;
}

interface Pointer {
  directory: string;
  step: number;
  /** Hash of the directory's manifest, which holds the hashes of its files. */
  manifestSha256: string;
}

/** Which checkpoint: the latest, the best, or that of a step. */
export type CheckpointChoice = 'latest' | 'best' | number;

/**
 * The checkpoints of a run:
 * ```text
 * checkpoints/
 *   step-00001000/       one checkpoint, written as a unit and never changed
 *     manifest.json      step, size and SHA-256 of the files below, and whether only an interruption made it
 *     parameters.safetensors  optimizer.safetensors  state.json
 *   latest.json          names the newest directory
 *   best.json            names the best one, once a validation has chosen one
 * ```
 * A pointer is replaced only after the directory it names is safely on disk, and directories are removed only after
 * the pointers have left them: at any moment, also after kill -9, `latest.json` leads to a complete checkpoint.
 */
export class Checkpoints {
  /** @param keep how many of the newest checkpoints stay (the best one stays besides); 2, so that one is left when the newest is damaged. */
  constructor(
    private readonly directory: string,
    private readonly keep = 2,
  ) {
    if (!(keep >= 1)) throw new UserError(`keep must be at least 1 checkpoint, got ${keep}.`);
  }

  /**
   * Saves a checkpoint, makes it the latest (and the best), and removes those that are no longer kept.
   * @param options.interrupted whether only an interruption makes it be saved: it stays as long as it is the latest, and
   * does not count among those that are kept, so that an uninterrupted run keeps the same.
   * @throws UserError when it cannot be written (full disk …); earlier checkpoints are then intact.
   */
  async save(checkpoint: Checkpoint, options: { best?: boolean; interrupted?: boolean } = {}): Promise<void> {
    const { step, parameters, optimizer, state } = checkpoint;
    await makeDirectory(this.directory);
    const files: Record<string, Uint8Array[]> = {
      [PARAMETERS]: safetensorsParts(parameters),
      [OPTIMIZER]: safetensorsParts(optimizer),
      [STATE]: [new TextEncoder().encode(toJson(state))],
    };
    const manifest: Manifest = {
      step,
      ...(options.interrupted && { interrupted: true }),
      files: Object.fromEntries(
        Object.entries(files).map(([name, parts]) => [
          name,
          { bytes: parts.reduce((sum, part) => sum + part.length, 0), sha256: sha256(parts) },
        ]),
      ),
    };
    const manifestText = toJson(manifest);
    const name = await this.freeName(step);
    await writeDirectoryAtomically(join(this.directory, name), { ...files, [MANIFEST]: manifestText });
    const pointer: Pointer = {
      directory: name,
      step,
      manifestSha256: sha256([new TextEncoder().encode(manifestText)]),
    };
    // The best first: were the process killed between the two, it would go on from the earlier checkpoint and come
    // here again, whereas a latest checkpoint whose state says that it is the best would leave `best.json` behind.
    if (options.best) await writeJson(this.pointerPath('best'), pointer);
    await writeJson(this.pointerPath('latest'), pointer);
    await this.prune(pointer);
  }

  /**
   * The latest or the best checkpoint, or that of a step: of one that was saved twice the newer. 'best' gives the latest
   * where no validation has chosen a best one; 'latest' gives the newest that is left when the latest directory has been
   * removed.
   * @throws UserError when there is none, or when it is truncated or was edited: naming the file and the remedy.
   */
  async load(which: CheckpointChoice): Promise<Checkpoint> {
    const found = await this.find(which);
    const parameters = await this.tensors(found, PARAMETERS);
    const optimizer = await this.tensors(found, OPTIMIZER);
    await this.verified(found, STATE);
    const state = (await readJson(join(found.path, STATE))) as Checkpoint['state'];
    return { step: found.manifest.step, parameters, optimizer, state };
  }

  /** As {@link load}, for using the model only: the optimizer's files are not read. */
  async loadParameters(which: CheckpointChoice): Promise<Pick<Checkpoint, 'step' | 'parameters'>> {
    const found = await this.find(which);
    return { step: found.manifest.step, parameters: await this.tensors(found, PARAMETERS) };
  }

  /** The steps whose checkpoints are there, rising. */
  async steps(): Promise<number[]> {
    return [...new Set((await this.names()).map(stepOf))];
  }

  /**
   * The steps of the newest checkpoints, up to as many as are kept, rising: without a best one that is older, and without
   * those that an interruption made.
   */
  async newestSteps(): Promise<number[]> {
    return [...new Set((await this.regular(await this.names())).map(stepOf))].slice(-this.keep);
  }

  /** Whether there is a checkpoint to load. */
  async any(): Promise<boolean> {
    return (await this.names()).length > 0;
  }

  private pointerPath(which: 'latest' | 'best'): string {
    return join(this.directory, `${which}.json`);
  }

  /** Names of the checkpoint directories, oldest first. */
  private async names(): Promise<string[]> {
    const names = await readdir(this.directory).catch(() => []);
    // By step, then by the number after it: '-10' comes after '-9', which is beyond the alphabet.
    const numeric = new Intl.Collator('en', { numeric: true });
    return names.filter((name) => /^step-\d{8,}(-\d+)?$/.test(name)).sort(numeric.compare);
  }

  /** Those of some directories that not only an interruption made. */
  private async regular(names: readonly string[]): Promise<string[]> {
    const interrupted = await Promise.all(names.map((name) => this.isInterrupted(name)));
    return names.filter((_, i) => !interrupted[i]);
  }

  private async isInterrupted(name: string): Promise<boolean> {
    // A damaged one is complained of when it is loaded.
    const manifest = await readJson(join(this.directory, name, MANIFEST)).catch(() => undefined);
    return (manifest as Partial<Manifest> | null | undefined)?.interrupted === true;
  }

  /**
   * `step-00001000`, or `step-00001000-2` … when a resumed run saves a step again: the older directory may be the
   * one that a pointer names, so it is never replaced.
   */
  private async freeName(step: number): Promise<string> {
    const base = `step-${String(step).padStart(8, '0')}`;
    const taken = new Set(await this.names());
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
    return name;
  }

  private async find(which: CheckpointChoice): Promise<{ path: string; manifest: Manifest }> {
    if (typeof which === 'number') return this.manifest(await this.nameOf(which));
    const pointerPath = this.pointerPath(which);
    if (which === 'best' && !(await exists(pointerPath))) return this.find('latest');
    const names = await this.names();
    if (!(await exists(pointerPath))) {
      // Also when only the pointer was removed: the directories carry their own manifests.
      return this.manifest(await this.newest(names));
    }
    const pointer = await readPointer(pointerPath);
    if (names.includes(pointer.directory)) return this.manifest(pointer.directory, pointer.manifestSha256);
    if (which === 'best') {
      throw new UserError(
        `${pointerPath}: the best checkpoint, ${pointer.directory}, is missing. Restore it, or remove ${pointerPath} to use the latest one.`,
      );
    }
    return this.manifest(await this.newest(names));
  }

  private async nameOf(step: number): Promise<string> {
    const name = (await this.names()).findLast((each) => stepOf(each) === step);
    if (name !== undefined) return name;
    const steps = await this.steps();
    throw new UserError(
      `${this.directory}: has no checkpoint of step ${step}${steps.length > 0 ? `, but those of ${stepsInWords(steps)}` : ''}. training.keepCheckpoints says how many stay.`,
    );
  }

  private async newest(names: string[]): Promise<string> {
    const newest = names.at(-1);
    if (newest === undefined) {
      throw new UserError(
        `${this.directory}: holds no checkpoint yet. Train first, or start again without resuming.`,
      );
    }
    return newest;
  }

  private async manifest(name: string, expected?: string): Promise<{ path: string; manifest: Manifest }> {
    const path = join(this.directory, name);
    const file = join(path, MANIFEST);
    const bytes = await readBytes(file).catch(() => undefined);
    if (!bytes) throw await this.damaged(path, MANIFEST, 'the file is missing');
    if (expected !== undefined && sha256([bytes]) !== expected) {
      throw await this.damaged(path, MANIFEST, 'the file was edited or is truncated');
    }
    return { path, manifest: (await readJson(file)) as Manifest };
  }

  private async tensors(
    found: { path: string; manifest: Manifest },
    name: string,
  ): Promise<Record<string, HostTensor>> {
    return decodeSafetensors(await this.verified(found, name), join(found.path, name)).tensors;
  }

  /** The content of a checkpoint's file, checked against the manifest. */
  private async verified(found: { path: string; manifest: Manifest }, name: string): Promise<Uint8Array> {
    const expected = found.manifest.files[name];
    const bytes = await readBytes(join(found.path, name)).catch(() => undefined);
    if (!bytes || !expected) throw await this.damaged(found.path, name, 'the file is missing');
    if (bytes.length !== expected.bytes) {
      throw await this.damaged(
        found.path,
        name,
        `the file has ${bytes.length} bytes instead of ${expected.bytes}: it is truncated or was edited`,
      );
    }
    if (sha256([bytes]) !== expected.sha256) {
      throw await this.damaged(
        found.path,
        name,
        'its SHA-256 differs from the manifest: the file was edited or is damaged',
      );
    }
    return bytes;
  }

  private async damaged(path: string, name: string, problem: string): Promise<UserError> {
    const others = (await this.names()).filter((other) => other !== basename(path));
    const remedy = others.length
      ? `Restore it from a copy, or remove the folder ${path} to fall back to ${others.at(-1)}.`
      : 'Restore it from a copy, or start the training again: there is no other checkpoint.';
    return new UserError(`${join(path, name)}: ${problem}. ${remedy}`);
  }

  /**
   * Keeps the latest, the best, and the newest up to `keep`, without those that an interruption made; removes the rest,
   * leftovers of interrupted writes, and directories of later steps, which are left over when a run went on from an earlier
   * checkpoint.
   */
  private async prune(latest: Pointer): Promise<void> {
    const names = await this.names();
    const until = names.indexOf(latest.directory) + 1;
    const regular = await this.regular(names.slice(0, until));
    const kept = new Set([...regular.slice(-this.keep), latest.directory]);
    if (await exists(this.pointerPath('best')))
      kept.add((await readPointer(this.pointerPath('best'))).directory);
    for (const name of names) {
      if (kept.has(name)) continue;
      // Renamed first, so that a directory under a checkpoint's name is always whole.
      const doomed = join(this.directory, `.${name}.tmp`);
      await rm(doomed, { recursive: true, force: true });
      await rename(join(this.directory, name), doomed);
    }
    await removeTemporaries(this.directory);
  }
}

/** 1000 of `step-00001000-2`. */
function stepOf(name: string): number {
  return Number(/^step-(\d+)/.exec(name)?.[1]);
}

async function readPointer(path: string): Promise<Pointer> {
  const pointer = (await readJson(path)) as Partial<Pointer> | null;
  if (typeof pointer?.directory !== 'string' || typeof pointer.manifestSha256 !== 'string') {
    throw new UserError(
      `${path}: does not name a checkpoint. Remove it to use the newest directory beside it.`,
    );
  }
  return pointer as Pointer;
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
