// The PyTorch side of the benchmarks: a child process that speaks JSON lines (see peers/README.md).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createEngine } from 'heddle/node';

const python = process.env.HEDDLE_PYTHON ?? 'python3';

/** The version of PyTorch that HEDDLE_PYTHON (default: python3) has, or null. */
export function torchVersion() {
  const probe = spawnSync(python, ['-c', 'import torch, safetensors; print(torch.__version__)'], {
    encoding: 'utf8',
  });
  return probe.status === 0 ? probe.stdout.trim() : null;
}

export const threads = 2;
export const say = (text) => process.stderr.write(`${text}\n`);

/** An engine on two threads, and which PyTorch there is; says both. */
export async function openSides() {
  const torch = torchVersion();
  const engine = await createEngine({ threads });
  say(`${cpus()[0].model} · Node ${process.version} · ${engine.description}`);
  if (torch) say(`PyTorch ${torch} eager, ${threads} threads`);
  else say('PyTorch is not installed: only our own figures. HEDDLE_PYTHON names a Python that has it.');
  return { engine, torch };
}

export function peerScript(name) {
  return fileURLToPath(new URL(`./peers/${name}`, import.meta.url));
}

/** Starts a peer script; `ask` sends a request and resolves to its answer. */
export function startPeer(script, args = [], variables = {}) {
  const child = spawn(python, [peerScript(script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...variables },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended early.`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`${script}: ${answer.error}`);
    return answer;
  };
  return {
    next,
    ask: (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
    /** Ends the peer and waits until it has gone: a process that is still leaving would disturb what is timed next. */
    quit: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end(`${JSON.stringify({ command: 'quit' })}\n`);
      await gone;
    },
  };
}

const roles = {
  inputWeight: 'weight_ih',
  hiddenWeight: 'weight_hh',
  inputBias: 'bias_ih',
  hiddenBias: 'bias_hh',
};

/** heddle's parameter name → the peer model's. */
export function peerName(name) {
  return name
    .replace(/recurrent\.cells\.(\d+)\.(\d+)\.(\w+)$/, (_, layer, direction, role) => {
      return `rnn.${roles[role]}_l${layer}${direction === '1' ? '_reverse' : ''}`;
    })
    .replace(/^decoder\.bridge\.layers\.0\.0\.linear/, 'bridge.hidden')
    .replace(/^decoder\.bridge\.layers\.0\.1\.linear/, 'bridge.cell')
    .replace('combine.linear', 'combine');
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
