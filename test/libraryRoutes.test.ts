import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BadRows,
  bestConfig,
  cleanersOf,
  compareRuns,
  createEngine,
  crossValidate,
  foldsOf,
  formatProposal,
  importances,
  openRun,
  parseConfig,
  planSearch,
  propose,
  readConfig,
  readDataParts,
  scoredTrials,
  summarizeData,
  summarizeFolds,
  surveyData,
  UserError,
  winner,
  writeSearchReport,
  type Engine,
  type Trial,
} from '../src/node.js';

let folder: string;
let engine: Engine;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-library-'));
  engine = await createEngine({ threads: 1 });
  const words = ['red', 'green', 'blue', 'ten', 'two', 'six'];
  const rows = words.flatMap((a, i) =>
    words.map((b, j) => `${a} ${b}${j}\t${i < 3 ? 'colour' : 'number'}\n`),
  );
  await writeFile(file('words.tsv'), rows.join(''));
  await writeFile(
    file('words.yaml'),
    `task: classification
data: { source: { file: words.tsv }, split: { validation: 0.1, stratify: true } }
text: { tokenizer: word }
model: { encoder: { embeddingSize: 8, hiddenSize: 8 } }
training: { steps: 30, batchSize: 16, optimizer: { type: adam, learningRate: 0.03 }, validation: { everySteps: 30 } }
`,
  );
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

// What each command does, a program can do without it.

it('init: data are looked at, and become a configuration', async () => {
  const survey = await surveyData(file('words.tsv'));
  const proposal = propose({ survey, wishes: { minutes: 1 }, path: (path) => path });
  expect(proposal.task).toBe('classification');
  const text = formatProposal('words', proposal, proposal.reasons);
  expect(text).toContain(`# ${proposal.reasons[0]}`);
  expect(parseConfig(text, 'words.yaml')).toMatchObject({ task: 'classification', name: 'words' });
});

it('data: the parts of a configuration’s data are read and summed up', async () => {
  const config = await readConfig(file('words.yaml'));
  const { parts } = await readDataParts(config, new BadRows(), cleanersOf(config));
  const [summary] = parts.map(summarizeData);
  const { train, validation, test } = summary!.counts;
  expect(train + validation + test).toBe(36);
  expect(summary!.labels!.counts.map(({ label }) => label).sort()).toEqual(['colour', 'number']);
});

describe('cross-validate and compare', () => {
  it('each fold is tested by a model that has not seen it, and a run is compared with another', async () => {
    const config = await readConfig(file('words.yaml'));
    const options = { engine, path: file('folds'), folds: 3 };
    const begun: number[] = [];
    const summary = await crossValidate(config, {
      ...options,
      observer: ({ fold }) => ({ prepared: () => begun.push(fold) }),
    });
    expect(begun).toEqual([0, 1, 2]);
    expect(summary?.metrics['accuracy']?.folds).toHaveLength(3);
    expect(summary?.metrics['accuracy']?.mean).toBeGreaterThan(0.9);
    // All 36 examples, each once.
    expect(summary?.confusion?.counts.flat().reduce((a, b) => a + b)).toBe(36);
    expect(JSON.parse(await readFile(file('folds/folds.json'), 'utf8'))).toEqual(summary);
    // Folds that are done are not trained again.
    expect(await crossValidate(config, options)).toEqual(summary);

    const measured = await Promise.all(
      foldsOf(config, options)
        .slice(0, 2)
        .map(async ({ path }) => {
          const run = await openRun(path, { engine });
          const evaluation = await run.evaluate({ file: file('words.tsv') });
          return { path, evaluation, description: run.description };
        }),
    );
    const [one, other] = measured as [(typeof measured)[0], (typeof measured)[0]];
    const { examples, test, resampling, metrics } = compareRuns(one, other, { samples: 200 });
    expect([examples, test, resampling]).toEqual([36, 'bootstrap', { samples: 200, seed: 1 }]);
    const { values, difference, interval } = metrics['accuracy']!;
    expect(values).toEqual([one.evaluation.metrics.accuracy, other.evaluation.metrics.accuracy]);
    expect(difference).toBeCloseTo(values[1]! - values[0]!, 12);
    expect(interval.low).toBeLessThanOrEqual(interval.high);
    expect(() => compareRuns(one, other, { metrics: ['bleu'] })).toThrow('compare: bleu cannot be compared');
  });

  it('refuses what cannot be folds, and names the file', async () => {
    const config = await readConfig(file('words.yaml'));
    for (const folds of [0, 1, 2.5, NaN])
      expect(() => foldsOf(config, { path: file('none'), folds })).toThrow(
        new UserError(`cross-validate: folds is ${folds}; it must be a whole number from 2.`),
      );
    expect(() => summarizeFolds([])).toThrow(
      new UserError('summarizeFolds: there is no evaluation to sum up. Give that of each fold.'),
    );
    const apart = await readConfig(file('words.yaml'), ['data.test={ file: words.tsv }']);
    const problem = 'data.split.folds makes each fold the test part in turn; leave data.test out.';
    expect(() => foldsOf(apart, { path: file('none'), file: 'words.yaml' })).toThrow(
      new UserError(`cross-validate: words.yaml: ${problem}`),
    );
    await expect(crossValidate(apart, { engine, path: file('none') })).rejects.toThrow(
      new UserError(`cross-validate: words: ${problem}`),
    );
    const crowded = await readConfig(file('words.yaml'), ['data.split.validation=0.6']);
    expect(() => foldsOf(crowded, { path: file('none'), folds: 2 })).toThrow(
      'cross-validate: words: data.split validation and test leave nothing to train on (1.1 of the data)',
    );
  });

  it('ends with the signal, and says which fold is empty', async () => {
    const config = await readConfig(file('words.yaml'));
    const stopped = { engine, path: file('stopped'), folds: 3, signal: AbortSignal.abort() };
    expect(await crossValidate(config, stopped)).toBeUndefined();
    await writeFile(file('few.tsv'), 'red\ta\nblue\tb\ngreen\ta\nten\tb\n');
    const few = await readConfig(file('words.yaml'), ['data.source.file=few.tsv', 'training.steps=2']);
    await expect(crossValidate(few, { engine, path: file('few'), folds: 4 })).rejects.toThrow(
      /fold \d of 4 has no examples.* Take fewer folds/,
    );
  });
});

it('tune: the best configuration, what matters and the report come of the trials', async () => {
  const text = `name: toy
data: { source: { synthetic: copy, count: 100 } }
training: { steps: 60, optimizer: { type: adam }, validation: { everySteps: 20, stopOn: per } }
tune: { space: { training.optimizer.learningRate: { logUniform: [1e-4, 1e-1] }, model.encoder.dropout: { uniform: [0, 0.4] } } }
`;
  const plan = planSearch(text, 'toy.yaml');
  const trial = (number: number, learningRate: number, value: number): Trial => ({
    number,
    values: { 'training.optimizer.learningRate': learningRate, 'model.encoder.dropout': 0.1 },
    results: [{ value, step: 40, steps: 60, seconds: 2 }],
  });
  expect(bestConfig(plan, [])).toBeUndefined();
  const trials = [trial(1, 1e-3, 0.5), trial(2, 1e-2, 0.1), trial(3, 1e-1, 0.9), trial(4, 1e-4, 0.8)];
  expect(winner(plan.search, trials)?.number).toBe(2);
  const best = bestConfig(plan, trials);
  expect(best?.name).toBe('toy-best');
  expect(best?.training.optimizer).toMatchObject({ learningRate: 1e-2 });
  expect(importances(plan.search.space, scoredTrials(plan.search, trials))[0]?.key).toBe(
    'training.optimizer.learningRate',
  );
  expect((await writeSearchReport(plan, { trials }, { path: folder }))?.number).toBe(2);
  const written = await readFile(file('best.yaml'), 'utf8');
  expect(written).toMatch(/^# The best of 4 trials\n# Trial 2: PER 10\.00 % on validation at step 40\n/);
  expect(parseConfig(written, 'best.yaml')).toEqual(parseConfig(JSON.stringify(best), 'best'));
  expect(await readFile(file('report.html'), 'utf8')).toContain('<title>toy: search</title>');
});
