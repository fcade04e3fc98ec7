import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { STACK_BYTES } from './ortApi.js';
import { findKoffi, findOrtLibrary, PINNED_VERSION } from './ortLibrary.js';
import { ORT_API_VERSION, ortTable } from './ortTable.js';
import { selfTestModel, selfTestScript, type SelfTestTask } from './selfTestScript.js';

const TIMEOUT_MS = 20_000;
/** A failure may have had a passing cause (a full machine): it is tried again after a day. */
const FAILURE_KEPT_MS = 24 * 3600 * 1000;

/** Whether the C API can be used here, and why (not), in a few words. */
export interface SelfTestResult {
  passed: boolean;
  reason: string;
}

/** What the caller may put in place of the real thing. */
export interface SelfTestOptions {
  /** Where results are kept; default: the user's cache folder. */
  cacheFile?: string;
  /** The child's program and how long it may take; default: `selfTestScript`, 20 s. */
  script?: string;
  timeoutMs?: number;
}

/**
 * Tries the C API in a child process, where a wrong address ends nothing but the child. The result is kept in a file for
 * this platform and these versions. Never throws: what does not work is a reason.
 */
export async function cApiSelfTest(options: SelfTestOptions = {}): Promise<SelfTestResult> {
  const { cacheFile = defaultCacheFile(), script = selfTestScript, timeoutMs = TIMEOUT_MS } = options;
  let task: SelfTestTask;
  let key: string;
  try {
    const library = findOrtLibrary();
    if (library.version !== PINNED_VERSION) {
      return { passed: false, reason: `onnxruntime-node is ${library.version}, not ${PINNED_VERSION}` };
    }
    const koffi = findKoffi();
    task = {
      koffi: koffi.file,
      library: library.file,
      version: PINNED_VERSION,
      apiVersion: ORT_API_VERSION,
      stackBytes: STACK_BYTES,
      table: ortTable,
      model: selfTestModel,
    };
    const { size, mtimeMs } = statSync(library.file);
    const code = createHash('sha256').update(script).update(JSON.stringify(task));
    key = [
      ...[process.platform, process.arch, `node ${process.version}`, `koffi ${koffi.version}`],
      ...[`onnxruntime ${PINNED_VERSION}`, size, mtimeMs, code.digest('hex').slice(0, 16)],
    ].join(' ');
  } catch (error) {
    return { passed: false, reason: firstLine(error) };
  }
  const kept = readCache(cacheFile)[key];
  if (kept && (kept.passed || Date.now() - kept.time < FAILURE_KEPT_MS)) return kept;
  const result = await runChild(script, task, timeoutMs);
  keep(cacheFile, key, result);
  return result;
}

function runChild(script: string, task: SelfTestTask, timeout: number): Promise<SelfTestResult> {
  // Options for this process (loaders, inspectors) are not for the child.
  const env = { ...process.env, NODE_OPTIONS: '' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', script, JSON.stringify(task)],
      { env, timeout, killSignal: 'SIGKILL', windowsHide: true },
      (error, stdout, stderr) => {
        if (!error && stdout === 'passed') return resolve({ passed: true, reason: 'self-test passed' });
        resolve({ passed: false, reason: `self-test failed: ${failureOf(error, stderr, timeout)}` });
      },
    );
  });
}

function failureOf(
  error: Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0],
  stderr: string,
  ms: number,
) {
  if (!error) return 'it ended early';
  if (error.killed) return `no answer within ${ms / 1000} s`;
  if (error.signal) return `the process was ended by ${error.signal}`;
  return /^\w*Error.*$/m.exec(stderr)?.[0] ?? firstLine(error);
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}

type Cache = Record<string, SelfTestResult & { time: number }>;

function readCache(file: string): Cache {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Cache;
  } catch {
    return {};
  }
}

/** Written in one move, so that processes starting together do not read half a file. Without a cache: tested again. */
function keep(file: string, key: string, result: SelfTestResult): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(
      draft,
      JSON.stringify({ ...readCache(file), [key]: { ...result, time: Date.now() } }, null, 1),
    );
    renameSync(draft, file);
  } catch {
    return;
  }
}

function defaultCacheFile(): string {
  const { platform, env } = process;
  const home = homedir();
  const system =
    platform === 'win32'
      ? env.LOCALAPPDATA
      : platform === 'darwin'
        ? home && join(home, 'Library', 'Caches')
        : env.XDG_CACHE_HOME || (home && join(home, '.cache'));
  return join(system || tmpdir(), 'heddle', 'engine-self-test.json');
}
