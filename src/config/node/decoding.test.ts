import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../../../test/support/evaluate.js';
import type { Prediction } from '../../decode/predictor.js';
import { formatConfig } from '../parseConfig.js';
import type { TaskName } from '../schema.js';
import { prepareTask } from './prepareTask.js';
import { resolveConfig } from './readConfig.js';
import { openRun } from './trainedRun.js';
import { trainRun } from './trainRun.js';

/** Words over abc, and what they are without their a. */
const words = Array.from({ length: 90 }, (_, i) =>
  (i + 27).toString(3).replace(/\d/g, (d) => 'abc'[Number(d)]!),
);
const small =
  'model: { encoder: { embeddingSize: 8, hiddenSize: 8 }, decoder: { embeddingSize: 8, hiddenSize: 8 } }';
const training = (steps: number) =>
  `training: { steps: ${steps}, batchSize: 16, optimizer: { type: adam, learningRate: 0.02 } }`;
const configs = {
  'sequence-to-sequence': `data: { source: { file: pairs.tsv } }\n${small}\n${training(8)}\n`,
  'language-model': `task: language-model\ndata: { source: { file: pairs.tsv } }\nmodel: { size: 8, layers: 1, heads: 2 }\n${training(8)}\n`,
  denoising: `task: denoising\ndata: { source: { file: pairs.tsv } }\n${small}\n${training(60)}\n`,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-decoding-'));
  const pairs = words.map((word) => `${word}\t${word.replaceAll('a', '')}c`);
  await writeFile(join(folder, 'pairs.tsv'), pairs.join('\n'));
  const engine = await testEngine();
  for (const [task, text] of Object.entries(configs))
    await trainRun(resolveConfig(text, join(folder, 'x.yaml')), { engine, path: join(folder, task) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A trained run whose configuration says something else under `decoding`. */
async function decodingAs<Name extends TaskName & keyof typeof configs>(task: Name, decoding = '{}') {
  const config = resolveConfig(configs[task], join(folder, 'x.yaml'), [`decoding=${decoding}`]);
  const path = join(folder, task);
  await writeFile(join(path, 'config.yaml'), formatConfig(config));
  return openRun<Name>(path, { engine: await testEngine(), task });
}

describe('what a configuration says of decoding', () => {
  it('is how a model of pairs answers and is measured', async () => {
    const plain = await decodingAs('sequence-to-sequence');
    const told = await decodingAs(
      'sequence-to-sequence',
      '{ beam: 3, prefix: bb, constraints: [cb], noRepeatedNgram: 3, maxLength: 9 }',
    );
    const decoding = { beam: 3, prefix: 'bb', constraints: ['cb'], noRepeatedNgram: 3, maxLength: 9 };
    const answers = await told.predictor.predict(['abc', 'cab']);
    expect(answers).toEqual(await plain.predictor.predict(['abc', 'cab'], decoding));
    expect(answers).not.toEqual(await plain.predictor.predict(['abc', 'cab']));
    const evaluation = await told.evaluate({ split: 'test' });
    expect(evaluation.decoding).toBe(
      'beam 3, at most 9 tokens, prefix "bb", constraint "cb", no 3-gram twice',
    );
    expect(evaluation.answers.length).toBeGreaterThan(0);
    for (const { prediction } of evaluation.answers) expect(prediction).toMatch(/^bb.*cb/);
    const narrow = await told.evaluate({ split: 'test' }, { beam: 1 });
    expect(narrow.decoding).toMatch(/^greedy, at most 9 tokens, prefix "bb"/);
    expect((await plain.evaluate({ split: 'test' })).decoding).toBe('greedy');
    const drawn = await decodingAs(
      'sequence-to-sequence',
      '{ temperature: 3, topK: 2, repetitionPenalty: 2 }',
    );
    expect(await drawn.predictor.sample(['abc'], { samples: 4 })).toEqual(
      await plain.predictor.sample(['abc'], { samples: 4, temperature: 3, topK: 2, repetitionPenalty: 2 }),
    );
  });

  it('is how the answer was written whose attention is shown', async () => {
    const plain = await decodingAs('sequence-to-sequence');
    const told = await decodingAs(
      'sequence-to-sequence',
      '{ beam: 3, prefix: bb, constraints: [cb], noRepeatedNgram: 3, maxLength: 9 }',
    );
    for (const { predictor } of [plain, told]) {
      const [[best]] = (await predictor.predict(['abc'])) as [[Prediction]];
      const { title, rowLabels } = await predictor.attend('abc');
      expect(title).toBe(`abc → ${best.text}`);
      expect(rowLabels).toEqual([...best.tokens, 'END']);
    }
    expect((await told.predictor.attend('abc')).title).toMatch(/^abc → bb.*cb/);
  });

  it('is how a language model goes on', async () => {
    const plain = await decodingAs('language-model');
    const told = await decodingAs('language-model', '{ topK: 1, noRepeatedNgram: 1, maxLength: 4 }');
    const text = await told.generator.generate('a');
    expect(text).toBe(await plain.generator.generate('a', { topK: 1, noRepeatedNgram: 1, maxLength: 4 }));
    expect(new Set(`a${text}`).size).toBe(`a${text}`.length);
    const longer = await told.generator.generate('a', { noRepeatedNgram: 2, maxLength: 12 });
    expect(longer).toBe(await plain.generator.generate('a', { topK: 1, noRepeatedNgram: 2, maxLength: 12 }));
    expect(longer).not.toBe(text);
  });

  it('is how holes are filled', async () => {
    const texts = ['ab<mask>c', '<mask>cab'];
    const plain = await decodingAs('denoising');
    const told = await decodingAs('denoising', '{ beam: 3, noRepeatedNgram: 1, maxLength: 1 }');
    const filled = await told.fill(texts);
    expect(filled).toEqual(await plain.fill(texts, { beam: 3, noRepeatedNgram: 1, maxLength: 1 }));
    const fills = (answers: typeof filled) => answers.map(({ spans }) => spans.join('').length);
    expect(fills(filled)).toEqual([0, 0]);
    expect(Math.max(...fills(await plain.fill(texts)))).toBeGreaterThan(0);
    expect(await told.fill(texts, { beam: 1 })).toEqual(
      await plain.fill(texts, { noRepeatedNgram: 1, maxLength: 1 }),
    );
  });

  it('names what the model could not write before it is trained', async () => {
    const prepare = (override: string) =>
      prepareTask(resolveConfig(configs['sequence-to-sequence'], join(folder, 'x.yaml'), [override]));
    await expect(prepare('decoding={ prefix: bbb, maxLength: 2 }')).rejects.toThrow(
      'decoding.prefix has 3 tokens, an answer at most 2. Shorten it, or raise decoding.maxLength.',
    );
    await expect(prepare('decoding={ constraints: [b, bcb], maxLength: 2 }')).rejects.toThrow(
      'decoding.constraints.1 has 3 tokens, an answer at most 2.',
    );
    await expect(prepare('decoding={ prefix: bb, constraints: [cc, cbc], maxLength: 6 }')).rejects.toThrow(
      'decoding.prefix and decoding.constraints need 7 tokens, an answer has at most 6. Shorten them, or raise decoding.maxLength.',
    );
    await expect(prepare('decoding={ constraints: [cc, bb], maxLength: 3 }')).rejects.toThrow(
      /^decoding\.constraints need 4 tokens, an answer has at most 3\./,
    );
    // What the prefix has, or another constraint, counts once.
    await prepare('decoding={ prefix: bbc, constraints: [bc, cc, ccb], maxLength: 5 }');
    await expect(prepare('decoding.prefix=bq')).rejects.toThrow(/^decoding\.prefix: unknown symbol "q"/);
    await expect(prepare('decoding.constraints=[b, x]')).rejects.toThrow(
      /^decoding\.constraints\.1: unknown symbol "x"/,
    );
  });

  it('refuses what has no tokens', async () => {
    const prepare = (decoding: string) =>
      prepareTask(
        resolveConfig(configs['sequence-to-sequence'], join(folder, 'x.yaml'), [
          'target.tokenizer=word',
          `decoding=${decoding}`,
        ]),
      );
    await expect(prepare('{ constraints: [" "] }')).rejects.toThrow(
      'decoding.constraints.0 is " ", which the tokenizer of the target makes no token of. Leave it out, or name',
    );
    await expect(prepare('{ prefix: " " }')).rejects.toThrow(/^decoding\.prefix is " ", which/);
  });
});
