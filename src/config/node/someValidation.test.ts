import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testEngine } from '../../../test/support/evaluate.js';
import { ParameterStore } from '../../train/parameterStore.js';
import { prepareTask } from './prepareTask.js';
import { readConfig } from './readConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-validation-'));
  const rows = Array.from(
    { length: 80 },
    (_, i) => `ab cd${i % 7} e${i}\tX Y X\t${i % 5}\t${i % 3 ? 'a' : 'b'}`,
  );
  await writeFile(join(folder, 'rows.tsv'), rows.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['sequence-to-sequence', 'source: { file: rows.tsv }'],
  ['language-model', 'source: { file: rows.tsv }'],
  ['masked-language-model', 'source: { file: rows.tsv }'],
  ['denoising', 'source: { file: rows.tsv }'],
  ['classification', 'source: { file: rows.tsv, columns: { label: 3 } }'],
  ['tagging', 'source: { file: rows.tsv }'],
  ['regression', 'source: { file: rows.tsv, text: 0, values: [2] }'],
  ['forecasting', 'source: { file: rows.tsv, columns: [2] }'],
])('%s is measured on as many examples as are asked for', async (task, source) => {
  const small = task === 'forecasting' ? 'model: { window: 4, horizon: 2 }\n' : '';
  const path = join(folder, `${task}.yaml`);
  const shares = 'split: { validation: 0.3, test: 0.1 }';
  await writeFile(
    path,
    `task: ${task}\ndata: { ${source}, ${shares} }\n${small}training: { validation: { examples: 5 } }\n`,
  );
  const config = await readConfig(path);
  const prepared = await prepareTask(config);
  const engine = await testEngine();
  const store = new ParameterStore(engine, prepared.model);
  store.initialize(1);
  const evaluator = prepared.createEvaluator(engine, store.values.views);
  const figures = await evaluator.validate(config.training.validation.metrics);
  expect(Object.keys(figures).length).toBeGreaterThan(0);
  expect(Object.values(figures).every(Number.isFinite)).toBe(true);
  expect((await evaluator.samples()).length).toBeGreaterThan(0);
});
