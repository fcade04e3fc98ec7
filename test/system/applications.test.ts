import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/node/readConfig.js';
import { openRun } from '../../src/config/node/trainedRun.js';
import { trainRun } from '../../src/config/node/trainRun.js';
import type { Engine } from '../../src/engine/engine.js';
import { createEngine } from '../../src/engine/node/createEngine.js';
import { betterWhen, type MetricName } from '../../src/metrics/metrics.js';

/** What a model must reach on the test part of its data. */
interface Goal {
  readonly metric: MetricName;
  readonly mark: number;
}

interface Application {
  /** Under examples/. */
  readonly config: string;
  /** A file of the data, from the folder of data sets. */
  readonly needs: string;
  /** A script that makes the tables of the configuration. */
  readonly prepare?: string;
  /** Of the whole recipe. */
  readonly whole: readonly Goal[];
  /** Of its first steps. */
  readonly short: { readonly steps: number; readonly goals: readonly Goal[] };
}

const applications: readonly Application[] = [
  {
    config: 'translation/zh-en',
    needs: 'tatoeba-eng-cmn/cmn.txt',
    whole: [{ metric: 'bleu', mark: 20 }],
    short: { steps: 150, goals: [{ metric: 'perplexity', mark: 110 }] },
  },
  {
    config: 'translation/en-zh',
    needs: 'tatoeba-eng-cmn/cmn.txt',
    whole: [{ metric: 'bleu', mark: 22.75 }],
    short: { steps: 150, goals: [{ metric: 'perplexity', mark: 110 }] },
  },
  {
    config: 'transliteration/arabic-english',
    needs: 'google-transliteration/ar2en-train.txt',
    whole: [{ metric: 'exactMatch', mark: 0.261 }],
    short: { steps: 300, goals: [{ metric: 'perplexity', mark: 3 }] },
  },
  {
    config: 'snips/joint',
    needs: 'snips/train_PlayMusic_full.json',
    prepare: 'examples/snips/prepare.mjs',
    whole: [
      { metric: 'intent.accuracy', mark: 0.975 },
      { metric: 'slots.entityF1', mark: 0.88 },
    ],
    short: {
      steps: 150,
      goals: [
        { metric: 'intent.accuracy', mark: 0.85 },
        { metric: 'slots.entityF1', mark: 0.35 },
      ],
    },
  },
  {
    config: 'spam/spam',
    needs: 'sms-spam/sms_spam.csv',
    whole: [{ metric: 'macroF1', mark: 0.955 }],
    short: { steps: 100, goals: [{ metric: 'macroF1', mark: 0.9 }] },
  },
  {
    config: 'poems/couplets',
    needs: 'tang-jueju/jueju.jsonl',
    whole: [{ metric: 'perplexity', mark: 90 }],
    short: { steps: 150, goals: [{ metric: 'perplexity', mark: 400 }] },
  },
  {
    config: 'audio/fsdd',
    needs: 'fsdd/recordings',
    prepare: 'examples/audio/prepare.mjs',
    whole: [{ metric: 'accuracy', mark: 0.97 }],
    short: { steps: 60, goals: [{ metric: 'accuracy', mark: 0.8 }] },
  },
  {
    config: 'audio/transcribe',
    needs: 'fsdd/recordings',
    prepare: 'examples/audio/prepare.mjs',
    whole: [{ metric: 'cer', mark: 0.02 }],
    short: { steps: 300, goals: [{ metric: 'loss', mark: 1.3 }] },
  },
  {
    config: 'time-series/etth1',
    needs: 'timeseries/ETTh1.csv',
    whole: [{ metric: 'mse', mark: 0.4 }],
    short: { steps: 100, goals: [{ metric: 'mse', mark: 0.55 }] },
  },
  {
    config: 'images/fashion-mnist',
    needs: '/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz',
    whole: [{ metric: 'accuracy', mark: 0.91 }],
    short: { steps: 80, goals: [{ metric: 'accuracy', mark: 0.78 }] },
  },
];

const isShort = process.env['HEDDLE_SYSTEM'] === 'short';
const root = fileURLToPath(new URL('../..', import.meta.url));
const givenFolder = process.env['HEDDLE_DATA'];
const dataFolder = resolve(givenFolder ?? 'data');

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine();
  folder = await mkdtemp(join(tmpdir(), 'heddle-applications-'));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

describe.each(applications)('examples/$config', ({ config: name, needs, prepare, whole, short }) => {
  const needed = resolve(dataFolder, needs);
  const there = existsSync(needed);
  // Who says where the data lie wants all of them tested.
  const required = givenFolder !== undefined && !isAbsolute(needs);
  if (!there && !required) console.warn(`NOT TESTED: examples/${name}.yaml, because ${needed} is not there.`);

  it.runIf(there || required)(
    `reaches its mark, ${isShort ? 'that of its first steps' : 'whole'}`,
    async () => {
      if (!there) throw new Error(`${needed} is not there; examples/${name}.yaml needs it.`);
      if (prepare) await promisify(execFile)(process.execPath, [prepare], { cwd: root });
      const { steps } = short;
      const overrides = [
        `training.steps=${steps}`,
        'training.epochs=null',
        `training.validation.everySteps=${steps}`,
        'training.validation.metrics=[loss]',
        'training.validation.stopOn=loss',
        'training.schedule={ type: cosine, warmupSteps: 10 }',
        'training.averageDecay=null',
      ];
      const config = await readConfig(join(root, 'examples', `${name}.yaml`), isShort ? overrides : []);
      const path = join(folder, name.replace('/', '-'));
      const { fit } = await trainRun(config, { engine, path });
      const goals = isShort ? short.goals : whole;
      const { metrics, examples } = await (
        await openRun(path, { engine })
      ).evaluate({ split: 'test' }, { metrics: goals.map(({ metric }) => metric) });
      console.log(`${name}: ${examples} examples after ${fit.steps} steps, ${fit.seconds.toFixed(0)} s`);
      for (const { metric, mark } of goals)
        console.log(`${name}: ${metric} ${metrics[metric]?.toFixed(4)} (mark ${mark})`);
      for (const { metric, mark } of goals)
        if (betterWhen(metric) === 'higher') expect(metrics[metric], metric).toBeGreaterThanOrEqual(mark);
        else expect(metrics[metric], metric).toBeLessThanOrEqual(mark);
    },
  );
});
