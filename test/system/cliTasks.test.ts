import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useCli } from '../support/cli.js';

const cli = useCli();
const write = (name: string, content: string | Uint8Array) => writeFile(join(cli.folder, name), content);

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((size) => [0, 0, size >> 8, size & 255]);
  return gzipSync(Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...values]));
}

describe('a language model', () => {
  const config = (source: string) => `task: language-model
data: { source: ${source}, split: { validation: 0.1, test: 0.1 } }
model: { size: 16, layers: 1, heads: 2, contextLength: 12 }
training:
  steps: 60
  batchSize: 8
  optimizer: { type: adamw, learningRate: 0.02 }
  validation: { everySteps: 30, metrics: [loss, perplexity, tokenAccuracy] }
decoding: { maxLength: 14, topK: 1 }
`;

  it('learns one long text, and goes on with it', async () => {
    await write('text.txt', 'heddle '.repeat(80));
    await write('text.yaml', config('{ text: text.txt }'));
    const training = await cli.run(['train', 'text.yaml']);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(
      /Data: 448 character tokens of text to train, 56 to validate, 56 to test/,
    );
    expect(training.stdout).toMatch(
      /Test \(56 tokens, given the tokens before, checkpoint of step 60\): loss/,
    );
    const { stdout } = await cli.run(['predict', 'runs/text', 'hedd']);
    expect(stdout).toBe('heddle heddle hedd\n');
    const json = await cli.run(['predict', 'runs/text', 'le', '--json', '--seed', '2']);
    expect(JSON.parse(json.stdout)).toEqual({ text: 'le', continuation: ' heddle heddle' });
    const varied = ['predict', 'runs/text', 'he', '--temperature', '9', '--top-k', '5'];
    const several = await cli.run([...varied, '--sample', '3', '--json', '--seed', '4']);
    const { continuations } = JSON.parse(several.stdout) as { continuations: string[] };
    expect(new Set(continuations).size).toBe(3);
    const last = await cli.run([...varied, '--seed', '6']);
    expect(last.stdout).toBe(`he${continuations[2]!}\n`);
    const lines = await cli.run([...varied, '--sample', '3', '--seed', '4']);
    expect(lines.stdout).toBe(continuations.map((each) => `he${each}\n`).join(''));
    const evaluated = await cli.run(['evaluate', 'runs/text', '--split', 'validation', '--json']);
    const measured = JSON.parse(evaluated.stdout) as { examples: number; metrics: Record<string, number> };
    expect(measured.examples).toBe(56);
    // A window may begin with either d.
    expect(measured.metrics['tokenAccuracy']).toBeGreaterThan(0.95);
    const resumed = await cli.run(['train', 'text.yaml', '--resume', '--set', 'training.steps=62']);
    expect(resumed.stdout).toContain('Going on from step 60 of 62');
    const inspected = await cli.run(['inspect', 'runs/text']);
    expect(inspected.stdout).toContain('LanguageModel');
  });

  it('learns texts that are apart, and knows where they end', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => ['abc', 'bca', 'cab', 'a'][i % 4]!);
    await write('lines.tsv', lines.map((line, i) => `${i}\t${line}${'abc'.repeat(i % 3)}\n`).join(''));
    await write('lines.yaml', config('{ file: lines.tsv, column: 1 }'));
    const training = await cli.run(['train', 'lines.yaml', '--set', 'data.split.test=0']);
    expect(training.stderr).toBe('');
    const { stdout, code } = await cli.run(['predict', 'runs/lines', 'ab']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ab[abc]*\n$/);
    const short = await cli.run(['train', 'lines.yaml', '--run', 'x', '--set', 'model.contextLength=6']);
    expect(short.code).toBe(2);
    expect(short.stderr).toMatch(
      /lines\.tsv: line \d+: the text has \d tokens, model\.contextLength 6 has room for 5/,
    );
  });

  it('says what it cannot do', async () => {
    const complaint = async (...args: string[]) => {
      const { code, stderr } = await cli.run(args);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await complaint('predict', 'runs/text', 'hedd', '--beam', '3')).toMatch(
      /--beam is for models that answer/,
    );
    for (const command of [
      ['evaluate', 'runs/text'],
      ['compare', 'runs/text', 'runs/text'],
    ])
      expect(await complaint(...command, '--beam', '3')).toMatch(
        /runs\/text: --beam is for models that search .* task language-model is measured without a search\. Leave it out/,
      );
    expect(await complaint('predict', 'runs/text', '')).toMatch(/argument 1: The model .* needs a beginning/);
    expect(await complaint('predict', 'runs/text', 'xyz')).toMatch(
      /argument 1: unknown symbols "x", "y", "z"/,
    );
    expect(await complaint('inspect', 'runs/text', 'hedd')).toMatch(/has no attention to a source to show/);
    expect(await complaint('train', 'text.yaml', '--set', 'data.source.text=none.txt')).toMatch(/none\.txt/);
    expect(await complaint('train', 'text.yaml', '--set', 'model.heads=3')).toMatch(
      /model\.size is 16; it must be/,
    );
    expect(await complaint('train', 'text.yaml', '--set', 'task=language')).toMatch(
      /^heddle: --set task=language: task is "language"\. Did you mean .language-model.\? Valid here: sequence-to-sequence, .*classification/,
    );
    expect(
      await complaint(
        'train',
        'text.yaml',
        '--set',
        'data.source.text=text.txt',
        '--set',
        'model.contextLength=900',
      ),
    ).toMatch(/too few for a window of 900/);
  });
});

describe('a classifier', () => {
  const words = ['red', 'green', 'blue', 'fast', 'slow'];
  const rows = Array.from({ length: 200 }, (_, i) => {
    const text = [words[i % 5], words[(i * 7) % 5], words[(i * 3 + 1) % 5], `w${i}`].join(' ');
    return `${text.includes('red') ? 'warm' : 'cold'}\t${text}\n`;
  });
  const colours = `class\ttext\n${rows.join('')}`;

  it('of texts learns, measures and answers', async () => {
    await write('colours.tsv', colours);
    await write(
      'colours.yaml',
      `task: classification
data:
  source: { file: colours.tsv, header: true, columns: { text: text, label: class } }
  split: { validation: 0.1, test: 0.2 }
text: { tokenizer: word, minCount: 2 }
model: { encoder: { type: convolutional, embeddingSize: 16, channels: 16, layers: 1 }, pooling: max }
training: { steps: 60, batchSize: 16, classWeights: balanced, optimizer: { type: adam, learningRate: 0.01 } }
`,
    );
    const training = await cli.run(['train', 'colours.yaml']);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(/Data: \d+ texts of 2 classes to train/);
    const evaluated = await cli.run(['evaluate', 'runs/colours', '--json']);
    const { metrics } = JSON.parse(evaluated.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.95);
    const answer = await cli.run(['predict', 'runs/colours', 'red slow', 'blue', '--n-best', '2']);
    expect(answer.stdout).toMatch(/^red slow\twarm\t0\.\d+\nred slow\tcold\t0\.\d+\nblue\tcold\t/);
    const strange = await cli.run(['predict', 'runs/colours', 'red mauve', 'blue', 'pink puce red']);
    expect(strange.stdout.split('\n')).toHaveLength(4);
    expect(strange.stderr).toBe(
      'heddle: argument 1: 1 token unknown to the model\nheddle: argument 3: 2 tokens unknown to the model\n',
    );
    const many = await cli.run(['predict', 'runs/colours'], { input: 'mauve\n'.repeat(25) });
    expect(many.stderr.split('\n')).toHaveLength(22);
    expect(many.stderr).toContain('heddle: 5 further texts have tokens unknown to the model\n');
    const row = await cli.run(['predict', 'runs/colours', 'red\twarm']);
    expect(row.code).toBe(2);
    expect(row.stderr).toMatch(/^heddle: argument 1: a tab stands in the text, .* Leave out the tab/);
    const searched = await cli.run(['evaluate', 'runs/colours', '--beam', '2']);
    expect(searched.stderr).toMatch(/a run of the task classification is measured without a search/);
    const split = await cli.run(['evaluate', 'runs/colours', '--split', 'tets']);
    expect(split.stderr).toBe(
      "heddle: --split is 'tets'. Did you mean 'test'? Valid here: train, validation, test.\n",
    );
    const own = await cli.run(['evaluate', 'runs/colours', '--data', 'colours.tsv']);
    expect(own.stdout).toMatch(/^colours\.tsv: 200 examples, the likeliest class/);
    const wrong = await cli.run(['predict', 'runs/colours', 'red', '--temperature', '2']);
    expect(wrong.stderr).toMatch(/--temperature is for models that write/);
  });

  it('of bags of words learns, measures and answers', async () => {
    await write('bags.tsv', colours);
    await write(
      'bags.yaml',
      `task: classification
data:
  source: { file: bags.tsv, header: true, columns: { text: text, label: class } }
  split: { validation: 0.1, test: 0.2 }
  clean: { unicode: NFKC }
model: { encoder: { type: bag-of-words, size: 8 } }
training: { steps: 60, batchSize: 16, optimizer: { type: adam, learningRate: 0.03 } }
`,
    );
    const training = await cli.run(['train', 'bags.yaml']);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(/Data: \d+ texts of 2 classes to train/);
    expect(training.stdout).toMatch(/\d+ terms/);
    const evaluated = await cli.run(['evaluate', 'runs/bags', '--json']);
    const { metrics } = JSON.parse(evaluated.stdout) as { metrics: Record<string, number> };
    expect(metrics['accuracy']).toBeGreaterThan(0.95);
    const answer = await cli.run(['predict', 'runs/bags', 'slow ＲＥＤ green', 'mauve', 'blue fast']);
    expect(answer.stdout).toMatch(/^slow ＲＥＤ green\twarm\t.*\nmauve\t.*\nblue fast\tcold\t/);
    expect(answer.stderr).toBe('heddle: argument 2: the model knows no term of the text\n');
    const inspected = await cli.run(['inspect', 'runs/bags']);
    expect(inspected.stdout).toContain('BagFeatures');
    const resumed = await cli.run(['train', 'bags.yaml', '--resume', '--set', 'training.steps=62']);
    expect(resumed.stdout).toContain('Going on from step 60 of 62');
    await write('runs/bags/vectorizer.json', '{"features": ["a", 1]}');
    const edited = await cli.run(['predict', 'runs/bags', 'red']);
    expect(edited.stderr).toMatch(
      /vectorizer\.json: no vectorizer that heddle wrote \(1 among features is no term/,
    );
  });

  it('of images learns from IDX files', async () => {
    const count = 120;
    const classes = Array.from({ length: count }, (_, i) => i % 2);
    const pixels = classes.flatMap((side, i) =>
      Array.from({ length: 64 }, (_, p) => (p % 8 < 4 === (side === 0) ? 200 : 20) + ((i * 13 + p * 7) % 30)),
    );
    await write('images.gz', idx([count, 8, 8], pixels));
    await write('labels.gz', idx([count], classes));
    await write(
      'sides.yaml',
      `task: classification
data: { source: { images: images.gz, labels: labels.gz }, split: { validation: 0.1, test: 0.1 } }
model: { encoder: { type: image, blocks: [{ channels: 4 }], batchNorm: true } }
training: { steps: 30, batchSize: 16, optimizer: { type: adam, learningRate: 0.02 } }
`,
    );
    const training = await cli.run(['train', 'sides.yaml']);
    expect(training.stderr).toBe('');
    expect(training.stdout).toMatch(/images of 8 × 8/);
    expect(training.stdout).toMatch(/accuracy 100\.00 %/);
    const { stdout } = await cli.run(['predict', 'runs/sides', 'images.gz']);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(count);
    expect(lines[1]).toMatch(/^images\.gz: image 2\t1\t[01]\.\d+$/);
    const texts = await cli.run([
      'train',
      'sides.yaml',
      '--run',
      'y',
      '--set',
      'model.encoder={ type: recurrent }',
    ]);
    expect(texts.stderr).toMatch(/model\.encoder\.type is recurrent, but data\.source has images; use image/);
    await write('cut.gz', gzipSync(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 9, 1])));
    const cut = await cli.run(['train', 'sides.yaml', '--run', 'z', '--set', 'data.source.labels=cut.gz']);
    expect(cut.code).toBe(2);
    expect(cut.stderr).toMatch(/cut\.gz: the file is cut or damaged: 9 bytes instead of 17/);
  });
});
