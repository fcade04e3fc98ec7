import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testEngine } from '../../../test/support/evaluate.js';
import { compileGraph } from '../../engine/compileGraph.js';
import type { HostTensor } from '../../engine/engine.js';
import { encodeSafetensors } from '../../formats/safetensors.js';
import { Linear } from '../../nn/layers/linear.js';
import { Module } from '../../nn/module.js';
import { sgd } from '../../optimizers/transforms.js';
import { square } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { size } from '../../ops/shape.js';
import { UserError } from '../../tensor/errors.js';
import { input, type Tensor } from '../../tensor/tensor.js';
import { ParameterStore } from '../parameterStore.js';
import { Trainer } from '../trainer.js';
import { loadParameters, saveParameters } from './parametersFile.js';

/** Learns to answer 0. */
class Small extends Module {
  private readonly hidden = new Linear(2, 3);
  private readonly output = new Linear(3, 1);
  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x));
  }
  traceLoss() {
    return { loss: sum(square(this.forward(input('x', 'float32', ['batch', 2])))), count: size('batch') };
  }
}

const values = (shape: number[], ...numbers: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(numbers),
});
const x = values([2, 2], 1, -1, 0.5, 2);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'heddle-'))));
afterAll(() => rm(folder, { recursive: true }));

async function train(model: Small) {
  const trainer = await Trainer.create({
    engine: await testEngine(),
    model,
    optimizer: sgd({ learningRate: 0.1 }),
  });
  await trainer.update({ x });
  return trainer;
}

async function answer(model: Small, parameters: ReadonlyMap<string, HostTensor>) {
  const output = model.forward(input('x', 'float32', ['batch', 2]));
  const program = await compileGraph(await testEngine(), { output }, parameters);
  return Array.from((await program.run({ x }))['output']!.data, Number);
}

it('a fresh model answers as the saved one did, and can be trained on', async () => {
  const path = join(folder, 'small.safetensors');
  const model = new Small();
  const trainer = await train(model);
  const saving = saveParameters(path, trainer.parameters);
  const before = await answer(model, trainer.parameters);
  await trainer.update({ x });
  await saving;

  const fresh = new Small();
  const parameters = await loadParameters(path, new ParameterStore(await testEngine(), fresh));
  expect(await answer(fresh, parameters)).toEqual(before);

  const other = await train(new Small());
  await loadParameters(path, other.trainStep.store);
  const { loss } = await other.update({ x });
  expect(loss).toBeCloseTo(before.reduce((total, y) => total + y ** 2, 0) / 2, 5);
  expect([...other.parameters]).toEqual([...trainer.parameters]);
});

it('names the file, and what does not fit the model', async () => {
  const path = join(folder, 'other.safetensors');
  const store = new ParameterStore(await testEngine(), new Small());
  store.initialize(1);
  const before = store.snapshot();
  const refusal = (problem: string) =>
    new UserError(
      `${path}: The values do not fit the model: ${problem}. Build the model as it was when they were saved.`,
    );
  const others = Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'hidden.bias'));
  await writeFile(path, encodeSafetensors({ ...others, 'output.weight': values([1, 2], 1, 2), gain: x }));
  await expect(loadParameters(path, store)).rejects.toThrow(
    refusal("'hidden.bias' is missing, 'output.weight' is [1, 2] instead of [1, 3], 'gain' is unknown"),
  );
  const ids: HostTensor = { dtype: 'int32', shape: [3], data: new Int32Array(3) };
  await writeFile(path, encodeSafetensors({ ...before, 'hidden.bias': ids }));
  await expect(loadParameters(path, store)).rejects.toThrow(
    refusal("'hidden.bias' is int32 instead of float32"),
  );
  await saveParameters(path, new Map(['a', 'b'].map((name) => [name, x])));
  await expect(loadParameters(path, store)).rejects.toThrow(
    refusal(
      "'hidden.weight' is missing, 'hidden.bias' is missing, 'output.weight' is missing, 'output.bias' is missing (6 misfits in all)",
    ),
  );
  expect(store.snapshot()).toEqual(before);
  await expect(loadParameters(join(folder, 'none'), store)).rejects.toThrow('no such file');
});
