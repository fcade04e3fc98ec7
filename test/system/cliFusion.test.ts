import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomBits, randomKey } from '../../src/tensor/random.js';
import { useCli } from '../support/cli.js';

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
    await writeFile(
      file('new.csv'),
      'no,colour,there,things\n1,green,yes,red green red\n2,blue,,red green red\n',
    );
    const table = await cli.run(['predict', 'runs/colours', '--input', 'new.csv']);
    expect(table).toMatchObject({ code: 0, stderr: '', stdout });
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

describe('a classifier of texts with an image', () => {
  const names = (...parts: string[]) => file(join('shop', ...parts));
  const shades = { light: '#dcdcdc', dark: '#242424' };
  const context = '{ encoder: { type: image, blocks: [{ channels: 4 }] }, fusion: film }';

  beforeAll(async () => {
    await mkdir(names('photos'), { recursive: true });
    for (const [shade, background] of Object.entries(shades))
      for (let i = 0; i < 4; i++)
        await sharp({ create: { width: 8 + i, height: 10, channels: 3, background } }).toFile(
          names('photos', `${shade}${i}.${i % 2 ? 'png' : 'jpg'}`),
        );
    const rows = Array.from({ length: 240 }, (_, i) => {
      const [said, seen] = [0, 1].map((draw) => Object.keys(shades)[randomBits(randomKey(4, i), draw) % 2]!);
      return `a ${said} thing no ${i % 20}\tphotos/${seen}${i % 4}.${i % 2 ? 'png' : 'jpg'}\t${said === seen ? 'right' : 'wrong'}\n`;
    });
    await writeFile(names('offers.tsv'), `offer\tphoto\tverdict\n${rows.join('')}`);
    await writeFile(
      file('offers.yaml'),
      `task: classification
data:
  source: { file: shop/offers.tsv, header: true, columns: { text: offer, image: photo, label: verdict } }
  image: { height: 6, width: 6, channels: 1 }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word }
model:
  encoder: ${reader}
  pooling: max
  context: ${context}
${training}`,
    );
  });

  it('learns what neither says alone, and is asked with the path of one', async () => {
    const trained = await cli.run(['train', 'offers.yaml']);
    expect(trained.stderr).toBe('');
    expect(trained.stdout).toMatch(/Model: .* tokens, images of 6 × 6\n/);
    expect(trained.stdout).toContain("npx heddle predict runs/offers $'TEXT\\tIMAGE'");
    const measured = await cli.run(['evaluate', 'runs/offers', '--data', 'shop/offers.tsv', '--json']);
    const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.95);
    const { stdout } = await cli.run(['predict', 'runs/offers'], {
      input: 'a dark thing no 3\tshop/photos/dark1.png\na dark thing no 3\tshop/photos/light1.png\n',
    });
    expect(stdout).toMatch(
      /^a dark thing no 3\tshop\/photos\/dark1\.png\tright\t[01]\.\d+\n.*light1\.png\twrong\t[01]\.\d+\n$/,
    );
  });

  it('may look at its places, or have none that is damaged', async () => {
    const attends = context.replace('film', 'cross-attention, heads: 2, dropout: 0.1');
    const few = ['--set', 'training.steps=2', '--set', `model.context=${attends}`];
    expect((await cli.run(['train', 'offers.yaml', '--run', 'runs/places', ...few])).stderr).toBe('');
    const { stdout } = await cli.run(['inspect', 'runs/places']);
    expect(stdout).toMatch(/encoder\.context\.encoder .*ImageEncoder/);
    expect(stdout).toMatch(/encoder\.fusion\.attention\.key\.weight +16 × 4 +64\n/);
    await writeFile(names('photos', 'torn.png'), 'no image');
    await writeFile(
      names('torn.tsv'),
      'offer\tphoto\tverdict\na dark thing\tphotos/dark1.png\tright\na dark thing\tphotos/torn.png\twrong\n',
    );
    const measure = ['evaluate', 'runs/offers', '--data', 'shop/torn.tsv'];
    expect(await complaint(...measure)).toMatch(
      /torn\.tsv: line 3: .*torn\.png: not an image, or a damaged one/,
    );
    const skipped = await cli.run([...measure, '--on-bad-row', 'skip']);
    expect(skipped.code).toBe(0);
    expect(skipped.stdout).toMatch(/^shop\/torn\.tsv: 1 example,/);
    expect(await complaint('predict', 'runs/offers', 'a dark thing')).toContain(
      "argument 1: the context is missing. Write the text and its context with a tab between, in a shell $'TEXT\\tIMAGE'.",
    );
    expect(await complaint('predict', 'runs/offers', 'a dark thing\tshop/none.png')).toMatch(
      /argument 1: .*none\.png: no such file/,
    );
  });
});

describe('a classifier of texts with features', () => {
  it('learns what neither says alone, and is asked with tabs between', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const [word, amount] = [i % 2 ? 'above' : 'below', 10 * ((i * 7) % 20)];
      return `${amount}\t${word} a hundred no ${i % 30}\t${(word === 'above') === amount > 100 ? 'yes' : 'no'}\n`;
    });
    await writeFile(file('limits.tsv'), `amount\trule\tholds\n${rows.join('')}`);
    await writeFile(
      file('limits.yaml'),
      `task: classification
data:
  source: { file: limits.tsv, header: true, columns: { text: rule, features: [amount], label: holds } }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word }
model:
  encoder: ${reader}
  pooling: max
  context: { encoder: { type: mlp, hiddenSizes: [16], activation: tanh }, fusion: film }
${training}`,
    );
    const trained = await cli.run(['train', 'limits.yaml']);
    expect(trained.stderr).toBe('');
    const measured = await cli.run(['evaluate', 'runs/limits', '--data', 'limits.tsv', '--json']);
    const { metrics } = JSON.parse(measured.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.9);
    const { stdout } = await cli.run(['predict', 'runs/limits', 'above a hundred no 3\t190']);
    expect(stdout).toMatch(/^above a hundred no 3\t190\tyes\t[01]\.\d+\n$/);
  });
});
