import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface CliResult {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Kilobytes that a file may have; writing more fails as on a full disk. */
  readonly fileLimit?: number;
  /** Called with each piece of standard output. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** The command line of the sources as they are, and a folder to work in. */
export interface Cli {
  /** The working folder. */
  readonly folder: string;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
}

/** Compiles the command line before the tests of a file, and clears up after them. */
export function useCli(): Cli {
  const places = { program: '', folder: '' };
  beforeAll(async () => {
    places.folder = await mkdtemp(join(tmpdir(), 'heddle-cli-'));
    // Inside the checkout, so that dependencies are found.
    await mkdir(join(root, '.cache'), { recursive: true });
    places.program = await mkdtemp(join(root, '.cache', 'cli-'));
    // Few files, because every command that a test runs reads them anew.
    const entry = (file: string, out: string) => ({ in: join(root, 'src', file), out });
    await build({
      entryPoints: [entry('cli/main.ts', 'main'), entry('config/node/trialProcess.ts', 'trialProcess')],
      outdir: places.program,
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
  }, 60_000);
  afterAll(async () => {
    for (const place of [places.program, places.folder]) await rm(place, { recursive: true, force: true });
  });
  return {
    get folder() {
      return places.folder;
    },
    run: (args, options = {}) => runProgram(join(places.program, 'main.js'), places.folder, args, options),
  };
}

function runProgram(
  program: string,
  folder: string,
  args: readonly string[],
  { input, environment, fileLimit, onOutput }: CliOptions,
): Promise<CliResult> {
  const [command, ...before] =
    fileLimit === undefined
      ? [process.execPath]
      : ['bash', '-c', `ulimit -f ${fileLimit}; exec "$0" "$@"`, process.execPath];
  const child = spawn(command!, [...before, program, ...args], {
    cwd: folder,
    env: { ...process.env, HEDDLE_THREADS: '1', ...environment },
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** A tiny copying task: trains in about two seconds, dropout on. */
export const copyConfig = `name: copy
data:
  source: { synthetic: copy, count: 400 }
  split: { validation: 0.1, test: 0.1 }
model:
  encoder: { embeddingSize: 16, hiddenSize: 16, bidirectional: true, dropout: 0.1 }
  decoder: { embeddingSize: 16, hiddenSize: 16, attention: general, dropout: 0.1 }
training:
  steps: 60
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.01 }
  clipNorm: 1
  logEverySteps: 5
  checkpointEverySteps: 10
  validation: { everySteps: 20, metrics: [loss, per, wer] }
decoding: { maxLength: 40 }
`;
