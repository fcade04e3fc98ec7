// node bench/decoding.mjs [--json] [--rounds N] [--only B1|B16]: greedy decoding of a Transformer with key/value caches side by side with PyTorch.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  createSearch,
  encodeSafetensors,
  packSequences,
  ParameterStore,
  randomBits,
  Seq2Seq,
  sourceBatch,
  TransformerDecoder,
  TransformerEncoder,
} from 'heddle/node';
import { median, openSides, say, startPeer, threads } from './peer.mjs';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '5' }, only: { type: 'string' } },
});
const rounds = Number(flags.rounds);
const sourceLength = 32;
const tokens = 512;
/** Lengths so far, first and last step counted from 1. */
const spans = [
  [1, 64],
  [193, 256],
  [449, 512],
];
/** The first tokens must be the same; later ones may part where two logits are nearly equal. */
const checked = 16;
/** PAD, START, END and UNKNOWN are made impossible, so that every answer is as long as it may be. */
const reserved = [0, 1, 2, 3];
const start = 1;
const vocabularySize = 8000;
const shape = { vocabularySize, size: 512, heads: 8, hiddenSize: 2048, layers: 6 };

const { engine, torch } = await openSides();
const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
const results = [];
try {
  const model = new Seq2Seq({
    encoder: new TransformerEncoder(shape),
    decoder: new TransformerDecoder(shape),
  });
  const store = new ParameterStore(engine, model);
  store.initialize(1);
  const bias = store.values.views.get('decoder.output.bias').data;
  for (const token of reserved) bias[token] = -1e9;
  const search = await createSearch(timed(engine), model, store.values.views);
  const peer = torch ? await openPeer(store) : undefined;
  for (const batch of [1, 16]) {
    const name = `greedy decoding, Transformer 6+6 d512 B${batch}`;
    if (!flags.only || name.endsWith(flags.only)) results.push(...(await measure(name, batch, search, peer)));
  }
  await peer?.quit();
} finally {
  rmSync(folder, { recursive: true });
  await engine.close();
}
if (flags.json) console.log(JSON.stringify(results, null, 2));
else {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, ours, peer, ratio, unit } of results) {
    const figures = `${ours.toFixed(2).padStart(8)}  ${peer === null ? '       –' : peer.toFixed(2).padStart(8)}  ${unit.padEnd(13)}`;
    console.log(`${name.padEnd(width)}  ${figures} ${ratio === null ? '' : ratio.toFixed(2)}`);
  }
}

/** The engine, with the times at which runs begin in `engine.began`. */
function timed(engine) {
  engine.began = [];
  const compile = async (...options) => {
    const program = await engine.compile(...options);
    return {
      inputNames: program.inputNames,
      outputNames: program.outputNames,
      run: (...values) => {
        engine.began.push(performance.now());
        return program.run(...values);
      },
    };
  };
  return { ...engine, compile };
}

function sourcesOf(batch) {
  const draw = (row, i) => reserved.length + (randomBits(row + 1, i) % (vocabularySize - reserved.length));
  return Array.from({ length: batch }, (_, row) =>
    Array.from({ length: sourceLength }, (_, i) => draw(row, i)),
  );
}

async function measure(name, batch, search, peer) {
  const sequences = sourcesOf(batch);
  const sources = sourceBatch(
    packSequences(sequences),
    Int32Array.from({ length: batch }, (_, i) => i),
  );
  const ourRound = async () => {
    engine.began = [];
    const answers = await search(sources, { maxLength: tokens });
    // The first run encodes.
    const began = [...engine.began.slice(1), performance.now()];
    return {
      ids: answers.map(([{ ids }]) => ids),
      milliseconds: Array.from({ length: tokens }, (_, i) => began[i + 1] - began[i]),
    };
  };
  const peerRound = () => peer.ask({ command: 'round', source: sequences, tokens });

  const first = await ourRound();
  if (peer) {
    const check = await peerRound();
    first.ids.forEach((ids, row) => {
      if (ids.slice(0, checked).join() !== check.ids[row].slice(0, checked).join())
        throw new Error(
          `${name}: row ${row} differs: ${ids.slice(0, checked)} against ${check.ids[row].slice(0, checked)}.`,
        );
    });
    const same = first.ids.filter((ids, row) => ids.join() === check.ids[row].join()).length;
    say(`${name}: the first ${checked} tokens agree; ${same} of ${batch} answers in all ${tokens}`);
  }
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push((await ourRound()).milliseconds);
    if (peer) theirs.push((await peerRound()).milliseconds);
    say(`${name}: round ${round + 1}, load ${loadavg()[0].toFixed(1)}`);
  }
  /** Each step's least time over the rounds: what the machine does when others leave it alone. */
  const quickest = (all) => all[0].map((_, i) => Math.min(...all.map((one) => one[i])));
  const [own, other] = [quickest(ours), peer ? quickest(theirs) : null];
  const row = (label, unit, cost) => {
    const [one, two] = [cost(own), other && cost(other)];
    return { name: label, ours: one, peer: two, ratio: other && one / two, unit };
  };
  const total = (steps) => steps.reduce((a, b) => a + b, 0);
  return [
    ...spans.map(([from, to]) =>
      row(`${name}, tokens ${from}–${to}`, 'ms/token', (steps) => median(steps.slice(from - 1, to))),
    ),
    row(name, 'tokens/s', (steps) => (batch * tokens * 1000) / total(steps)),
  ];
}

/**
 * PyTorch, with threads that wait for each other spinning (its default) or asleep: on cores that others use too, spinning
 * costs it a multiple. The faster one plays.
 */
async function openPeer(store) {
  const parameters = join(folder, 'parameters.safetensors');
  writeFileSync(parameters, encodeSafetensors(store.snapshot()));
  const config = {
    size: shape.size,
    heads: shape.heads,
    layers: shape.layers,
    longest: tokens,
    start,
    threads,
  };
  const peers = [];
  for (const variables of [{}, { OMP_WAIT_POLICY: 'PASSIVE' }]) {
    const peer = startPeer('decoding.py', [], variables);
    await peer.ask({ command: 'setup', config, parameters });
    const probe = { command: 'round', source: sourcesOf(1), tokens: 32 };
    await peer.ask(probe);
    peers.push({ peer, cost: median((await peer.ask(probe)).milliseconds), variables });
  }
  const [fast, slow] = peers.sort((a, b) => a.cost - b.cost);
  await slow.peer.quit();
  say(`PyTorch waits as ${fast.variables.OMP_WAIT_POLICY ?? 'it does by default'}`);
  return fast.peer;
}
