import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyConfig, useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

async function complaint(...args: string[]): Promise<string> {
  const { code, stderr } = await cli.run(args);
  expect(code).toBe(2);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
}

beforeAll(async () => {
  await writeFile(file('copy.yaml'), copyConfig);
  const short = ['--run', 'runs/short', '--set', 'training.steps=20'];
  const texts = ['--set', 'training.validation={everySteps: 10, metrics: [loss, bleu], stopOn: bleu}'];
  await cli.run(['train', 'copy.yaml']);
  await cli.run(['train', 'copy.yaml', ...short, ...texts, '--set', 'metrics.bleu.tokenizer=char']);
}, 60_000);

describe('metrics of texts', () => {
  it('are measured where a run was validated by them, in the way that it says', async () => {
    const rows = (await readFile(file('runs/short/metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(rows.at(-1)!)).toHaveProperty('bleu');
    const test = JSON.parse(await readFile(file('runs/short/test.json'), 'utf8')) as {
      metrics: Record<string, number>;
      signatures: Record<string, string>;
    };
    expect(Object.keys(test.metrics)).toContain('bleu');
    expect(Object.keys(test.metrics)).not.toContain('chrf');
    expect(test.signatures['bleu']).toMatch(
      /^nrefs:1\|case:mixed\|eff:no\|tok:char\|smooth:exp\|version:heddle-/,
    );
  });

  it('are measured where they are asked for', async () => {
    const { stdout } = await cli.run(['evaluate', 'runs/copy', '--metrics', 'chrf,rougeL,per']);
    expect(stdout).toMatch(
      /^test: \d+ examples, .*\n {2}PER +\d+\.\d\d %\n {2}chrF +\d+\.\d\d +nrefs:1\|case:mixed\|eff:yes\|nc:6\|nw:0\|space:no\|version:heddle-\S+\n {2}ROUGE-L +\d+\.\d\d %\n$/,
    );
    const words = await cli.run(['evaluate', 'runs/copy', '--metrics', 'wer,wordEditRate']);
    expect(words.stdout).toMatch(
      /\n {2}WER \(whole answers\) +\d+\.\d\d %\n {2}WER \(word edits\) +\d+\.\d\d %\n$/,
    );
    expect(await complaint('evaluate', 'runs/copy', '--metrics', 'blue')).toMatch(
      /sequence-to-sequence has no metric 'blue'\. Did you mean 'bleu'\?/,
    );
  });

  it('come with intervals', async () => {
    const args = ['evaluate', 'runs/copy', '--metrics', 'chrf,loss,tokenAccuracy', '--confidence'];
    const { stdout } = await cli.run([...args, '--samples', '200', '--json']);
    const measured = JSON.parse(stdout) as {
      metrics: Record<string, number>;
      intervals: Record<string, { low: number; high: number }>;
      signatures: Record<string, string>;
    };
    expect(Object.keys(measured.intervals)).toEqual(['loss', 'chrf']);
    for (const [name, { low, high }] of Object.entries(measured.intervals)) {
      expect(low).toBeLessThan(measured.metrics[name]!);
      expect(high).toBeGreaterThan(measured.metrics[name]!);
    }
    expect(measured.signatures['chrf']).toMatch(/^nrefs:1\|bs:200\|seed:1\|case:/);
    const text = await cli.run(args);
    expect(text.stdout).toMatch(
      /\n {2}loss +\d\.\d{3} {2}\[\d\.\d{3}, \d\.\d{3}\]\n {2}token accuracy +\S+ %\n/,
    );
    expect(text.stdout).toContain('95 % intervals by bootstrap resampling: 1,000 drawings, seed 1\n');
    expect(await complaint('evaluate', 'runs/copy', '--samples', '5')).toContain('give it too');
    expect(await complaint('evaluate', 'runs/copy', '--confusion')).toContain('for models that classify');
  });
});

interface Comparison {
  readonly examples: number;
  readonly metrics: Readonly<
    Record<
      string,
      { values: number[]; difference: number; interval: { low: number; high: number }; p: number }
    >
  >;
}

describe('heddle compare', () => {
  it('tells a better run', async () => {
    const args = ['compare', 'runs/short', 'runs/copy', '--metrics', 'loss,per'];
    const { stdout, stderr, code } = await cli.run(args);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^test: \d+ examples; paired bootstrap resampling, 1,000 drawings, seed 1\n {2}A: runs\/short, greedy, at most 40 tokens\n {2}B: runs\/copy, greedy, at most 40 tokens\n +A +B +B − A +95 % interval +p\n {2}loss +\d\.\d{3} +\d\.\d{3} +-\d\.\d{3} +\[-\d\.\d{3}, -\d\.\d{3}\] +0\.0\d{3}\n {2}PER /,
    );
    const json = await cli.run([...args, '--test', 'randomization', '--samples', '200', '--json']);
    const { metrics, examples } = JSON.parse(json.stdout) as Comparison;
    expect(examples).toBeGreaterThan(20);
    const { values, difference, interval, p } = metrics['loss']!;
    expect(difference).toBeCloseTo(values[1]! - values[0]!, 12);
    expect(p).toBeLessThan(0.05);
    expect(interval.high).toBeLessThan(0);
  });

  it('finds no difference between a run and itself', async () => {
    const { stdout } = await cli.run(['compare', 'runs/copy', 'runs/copy', '--json', '--samples', '50']);
    const { metrics } = JSON.parse(stdout) as Comparison;
    expect(Object.keys(metrics)).toEqual(['loss', 'perplexity', 'per', 'cer', 'wer', 'exactMatch']);
    for (const { difference, p } of Object.values(metrics)) expect([difference, p]).toEqual([0, 1]);
  });

  it('refuses what cannot be paired', async () => {
    await cp(file('runs/copy'), file('runs/other'), { recursive: true });
    const config = await readFile(file('runs/copy/config.yaml'), 'utf8');
    await writeFile(file('runs/other/config.yaml'), config.replace(/(split:\n +)seed: 1/, '$1seed: 2'));
    expect(await complaint('compare', 'runs/copy', 'runs/other')).toMatch(
      /runs\/copy and runs\/other were measured on different examples \(.*\).*Give both the same file \(--data/,
    );
    expect(await complaint('compare', 'runs/copy')).toContain('the second run directory is missing');
    expect(await complaint('compare', 'runs/copy', 'runs/short', '--test', 't')).toContain(
      "--test is 't'. Valid here: bootstrap, randomization.",
    );
    expect(await complaint('compare', 'runs/copy', 'runs/short', '--metrics', 'tokenAccuracy')).toContain(
      'tokenAccuracy cannot be compared: it is no figure of single examples',
    );
    expect(await complaint('compare', 'runs/copy', 'runs/short', '--metrics', 'bleu')).toMatch(
      /BLEU is measured in different ways: \S+tok:13a\S+ and \S+tok:char/,
    );
    await writeFile(file('pairs.tsv'), 'abc\tabc\nHkk\tHkk\n');
    const own = await cli.run(['compare', 'runs/copy', 'runs/other', '--data', 'pairs.tsv']);
    expect(own.code).toBe(0);
    expect(own.stdout).toMatch(/^pairs\.tsv: 2 examples;/);
  });
});

it('classifiers show intervals, areas under curves and which classes they confuse', async () => {
  const rows = Array.from({ length: 160 }, (_, i) => {
    const kind = ['warm', 'cold', 'mild'][i % 3]!;
    return `${'xyz'[i % 3]!.repeat(2)}${i}\t${i % 11 === 0 ? 'cold' : kind}\n`;
  });
  await writeFile(file('kinds.tsv'), rows.join(''));
  await writeFile(
    file('kinds.yaml'),
    `task: classification
data: { source: { file: kinds.tsv }, split: { validation: 0.1, test: 0.3 } }
model: { encoder: { type: convolutional, embeddingSize: 8, channels: 8, layers: 1 }, pooling: max }
training:
  steps: 40
  batchSize: 16
  optimizer: { type: adam, learningRate: 0.02 }
  validation: { everySteps: 20, metrics: [loss, rocAuc, logLoss], stopOn: rocAuc }
`,
  );
  const training = await cli.run(['train', 'kinds.yaml']);
  expect(training.stderr).toBe('');
  expect(training.stdout).toMatch(/ROC-AUC \d\.\d{3}/);
  const { stdout } = await cli.run([
    'evaluate',
    'runs/kinds',
    '--confusion',
    '--confidence',
    '--samples',
    '100',
  ]);
  expect(stdout).toMatch(/\n {2}F1 \(macro\) +\S+ % {2}\[\S+ %, \S+ %\]\n/);
  expect(stdout).toMatch(/\n {2}Brier score +\d\.\d{3} {2}\[/);
  expect(stdout).toMatch(
    /\nConfusion: .*\n +cold +mild +warm\n {2}cold +\d+ +\d+ +\d+\n {2}mild +\d+ +\d+ +\d+\n {2}warm +\d+ +\d+ +\d+\nEach class, in %\n +precision +recall +F1 +examples\n {2}cold +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +\d+\n/,
  );
  const one = await complaint('train', 'kinds.yaml', '--run', 'x', '--set', 'training.validation.examples=1');
  expect(one).toContain('has rocAuc, but the validation examples have no two classes');
  await writeFile(file('one.tsv'), 'xx1\twarm\nxx2\twarm\n');
  const single = await cli.run([
    'evaluate',
    'runs/kinds',
    '--data',
    'one.tsv',
    '--metrics',
    'rocAuc,accuracy',
  ]);
  expect(single.stdout).toMatch(/\n {2}ROC-AUC +undefined\n$/);
  const compared = await cli.run(['compare', 'runs/kinds', 'runs/kinds', '--metrics', 'accuracy,rocAuc']);
  expect(compared.stdout).toMatch(/\n {2}ROC-AUC +.* 1\.0000\n$/);
});
