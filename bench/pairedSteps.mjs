// Training steps of one model on both sides, in rounds that alternate.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from 'heddle/node';
import { median, say, startPeer, threads } from './peer.mjs';

/**
 * A row of the benchmark: milliseconds of a whole training step, or with `ragged` µs per real token. Both sides start
 * from the same weights, and their first three losses must agree where they read the same batches.
 * @param options.batches ours, and `peerBatches` what the peer reads in their place (default: the same).
 */
export async function measureSteps(options) {
  const {
    name,
    trainStep,
    batches,
    peerBatches = batches,
    learningRate,
    torch,
    rounds,
    steps,
    ragged,
  } = options;
  const peer = torch ? await openPeer(options, peerBatches) : undefined;
  let step = 0;
  const ourRound = async (count, own = batches) => {
    const result = { milliseconds: [], losses: [], tokens: [] };
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const { loss, count: tokens } = await trainStep.run(own[step % own.length], ++step, learningRate);
      result.milliseconds.push(performance.now() - start);
      result.losses.push(loss);
      result.tokens.push(tokens);
    }
    return result;
  };
  const peerRound = (count) => peer.ask({ command: 'round', steps: count });

  const { losses } = await ourRound(3, peerBatches);
  if (peer) {
    const check = await peerRound(3);
    const difference = Math.max(...losses.map((loss, i) => Math.abs(loss - check.losses[i])));
    if (!(difference <= 1e-4))
      throw new Error(
        `${name}: the first losses differ by ${difference}: ${losses} against ${check.losses}.`,
      );
    say(`${name}: the first three losses agree to ${difference.toExponential(1)}`);
  }

  const ours = [];
  const theirs = [];
  for (let round = 0; round <= rounds; round++) {
    const own = cost(await ourRound(steps), ragged);
    const other = peer && cost(await peerRound(steps), ragged);
    // The first round warms both up.
    if (round === 0) continue;
    ours.push(own);
    if (peer) theirs.push(other);
  }
  await peer?.quit();
  return {
    name,
    ours: median(ours),
    peer: peer ? median(theirs) : null,
    ratio: peer ? median(ours.map((value, i) => value / theirs[i])) : null,
    unit: ragged ? 'µs/real token' : 'ms/step',
  };
}

function cost({ milliseconds, tokens }, ragged) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  return ragged ? (sum(milliseconds) * 1000) / sum(tokens) : median(milliseconds);
}

async function openPeer({ script, config, trainStep, learningRate, folder }, batches) {
  const parameters = join(folder, 'parameters.safetensors');
  writeFileSync(parameters, encodeSafetensors(trainStep.store.snapshot()));
  const all = join(folder, 'batches.safetensors');
  const named = batches.flatMap((batch, i) =>
    Object.entries(batch).map(([name, value]) => [`batch${i}.${name}`, value]),
  );
  writeFileSync(all, encodeSafetensors(Object.fromEntries(named)));
  const peer = startPeer(script);
  await peer.ask({
    command: 'setup',
    config: { ...config, learningRate, threads },
    parameters,
    batches: all,
  });
  return peer;
}
