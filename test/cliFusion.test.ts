import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomBits, randomKey } from '../src/tensor/random.js';
import { useCli } from './support/cli.js';

const cli = useCli();
const file = (name: string) => join(cli.folder, name);

const words = ['red', 'green', 'blue', 'black', 'white', 'grey'];
const prices: Readonly<Record<string, number>> = { lamp: 40, chair: 70, table: 150, shelf: 90 };
const reader = '{ type: convolutional, embeddingSize: 16, channels: 16, layers: 1, kernel: 1 }';
const training = `training:
  steps: 120
  batchSize: 32
  optimizer: { type: adam, learningRate: 0.02 }
`;

beforeAll(async () => {
  await writeFile(
    file('colours.yaml'),
    `task: classification
data:
  source: { file: colours.tsv, header: true, columns: { text: things, context: colour, label: there } }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word }
model:
  encoder: ${reader}
  pooling: max
  context: { encoder: ${reader}, fusion: film }
${training}`,
  );
  const rows = Array.from({ length: 500 }, (_, i) => {
    const [colour, ...things] = [0, 1, 2, 3].map((draw) => words[randomBits(randomKey(1, i), draw) % 6]!);
    return `${things.join(' ')}\t${colour}\t${things.includes(colour!) ? 'yes' : 'no'}\n`;
  });
  await writeFile(file('colours.tsv'), `things\tcolour\tthere\n${rows.join('')}`);

  await writeFile(
    file('orders.yaml'),
    `task: regression
data:
  source: { file: orders.tsv, header: true, text: thing, features: [amount, weight], values: [price] }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word }
model:
  encoder: ${reader}
  context: { encoder: { type: mlp, hiddenSizes: [16], activation: tanh }, fusion: film }
${training}`,
  );
  const orders = Array.from({ length: 300 }, (_, i) => {
    const [thing, price] = Object.entries(prices)[i % 4]!;
    const amount = 1 + (i % 7);
    return `${amount}\ta ${thing} no ${i % 30}\t${i % 5}\t${price * amount}\n`;
  });
  await writeFile(file('orders.tsv'), `amount\tthing\tweight\tprice\n${orders.join('')}`);
});

const complaint = async (...args: string[]) => {
  const { code, stderr } = await cli.run(args);
  expect(stderr).toMatch(/^heddle: [^\n]+\n$/);
  expect(code).toBe(2);
  return stderr;
};

describe('a classifier of texts with a second text', () => {
  it('learns what neither says alone, and is asked with a tab between', async () => {
    const trained = await cli.run(['train', 'colours.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Data: \d+ texts of 2 classes/);
    expect(trained.stdout).toMatch(/npx heddle predict runs\/colours \$'[^\n\t]+\\t[a-z]+'\n/);
    const measured = await cli.run(['evaluate', 'runs/colours', '--data', 'colours.tsv', '--json']);
    const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.95);
    const { stdout } = await cli.run(['predict', 'runs/colours'], {
      input: 'red green red\tgreen\nred green red\tblue\n',
    });
    expect(stdout).toMatch(/^red green red\tgreen\tyes\t[01]\.\d+\nred green red\tblue\tno\t[01]\.\d+\n$/);
    const json = await cli.run(['predict', 'runs/colours', 'grey black red\tgrey', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      text: 'grey black red',
      context: 'grey',
      classes: [{ label: 'yes' }],
    });
  });

  it('says when the context is missing', async () => {
    expect(await complaint('predict', 'runs/colours', 'red green')).toContain(
      "argument 1: the context is missing. Write the text and its context with a tab between, in a shell $'TEXT\\tCONTEXT'.",
    );
    await writeFile(file('odd.tsv'), 'things\tcolour\tthere\nred\t\tyes\n');
    expect(await complaint('evaluate', 'runs/colours', '--data', 'odd.tsv')).toContain(
      'odd.tsv: line 2: the context is empty',
    );
  });
});

describe('a regressor of texts with features', () => {
  it('learns a product of both, and is asked with tabs between', async () => {
    const trained = await cli.run(['train', 'orders.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Model: .* \d+ tokens, 2 features, 1 value\n/);
    const { stdout, code } = await cli.run([
      'predict',
      'runs/orders',
      'a lamp no 3\t2\t1',
      'a table no 3\t6\t1',
    ]);
    expect(code).toBe(0);
    const [lamps, tables] = stdout.split('\n').map((line) => Number(line.split('\t').at(-1)));
    expect(Math.abs(lamps! - 80)).toBeLessThan(60);
    expect(Math.abs(tables! - 900)).toBeLessThan(90);
    expect(stdout).toMatch(/^a lamp no 3\t2\t1\t\d/);
    expect(await complaint('predict', 'runs/orders', 'a lamp\tmany\t1')).toContain(
      'argument 1: "many" is not a number (amount)',
    );
  });
});
