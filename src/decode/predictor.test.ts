import { beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/evaluate.js';
import { smallSeq2Seq } from '../../test/support/seq2seqCases.js';
import { buildEncoding } from '../data/dataset.js';
import { UserError } from '../tensor/errors.js';
import { characterTokenizer } from '../text/tokenizer.js';
import { ParameterStore } from '../train/parameterStore.js';
import type { DecodingOptions } from './decodingOptions.js';
import { Predictor } from './predictor.js';

let predictor: Predictor;
/** The same, where the model has learnt what <unknown> stands for. */
let lenient: Predictor;
/** The same with a decoding of its own. */
let told: (decoding: DecodingOptions) => Predictor;

beforeAll(async () => {
  const engine = await testEngine();
  const model = smallSeq2Seq({ cell: 'gru', hiddenSize: 4 });
  const store = new ParameterStore(engine, model);
  store.initialize(1);
  const encoding = {
    source: buildEncoding(['abc'], characterTokenizer),
    target: buildEncoding(['wxyz'], characterTokenizer),
  };
  predictor = new Predictor(engine, model, store.values.views, encoding);
  lenient = new Predictor(engine, model, store.values.views, { ...encoding, unknown: 'id' });
  told = (decoding) => new Predictor(engine, model, store.values.views, encoding, decoding);
});

it('refuses symbols that it does not know, unless it reads them as <unknown>', async () => {
  await expect(predictor.predict(['abq'])).rejects.toThrow(/text 1: unknown symbols? "q"/);
  const [first, second] = await lenient.predict(['abq', 'abr']);
  expect(first).toEqual(second);
  expect(await predictor.predict(['abq'], { unknown: 'id' })).toEqual(await lenient.predict(['abq']));
  expect(await lenient.predict(['abc'])).toEqual(await predictor.predict(['abc']));
});

describe('sampled answers', () => {
  const options = { temperature: 2, seed: 8, maxLength: 6 };

  it('are as many as asked for, and the same again', async () => {
    const drawn = await predictor.sample(['abc', 'ba'], { ...options, samples: 4 });
    expect(drawn.map((answers) => answers.length)).toEqual([4, 4]);
    expect(new Set(drawn[0]!.map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(await predictor.sample(['abc', 'ba'], { ...options, samples: 4 })).toEqual(drawn);
  });

  it('come token by token', async () => {
    const parts: string[] = [];
    for await (const part of predictor.stream('abc', options)) parts.push(part);
    const { text } = (await predictor.sample(['abc'], options))[0]![0]!;
    expect(parts.join('')).toBe(text);
    expect(parts).toHaveLength(text.length);
    expect(text.length).toBeGreaterThan(1);
  });

  it('come token by token as greedy search gives them, where only the likeliest is drawn', async () => {
    for (const text of ['abc', 'b', 'cab']) {
      let streamed = '';
      for await (const part of predictor.stream(text, { topK: 1, maxLength: 7 })) streamed += part;
      const [greedy] = await predictor.predict([text], { maxLength: 7 });
      expect(streamed).toBe(greedy![0]!.text);
    }
  });

  it('begin and repeat as they are told', async () => {
    const told = { prefix: 'zw', noRepeatedNgram: 1, maxLength: 4 };
    const [drawn] = await predictor.sample(['abc'], { ...told, samples: 5 });
    const [searched] = await predictor.predict(['abc'], { ...told, nBest: 3 });
    for (const { text, tokens } of [...drawn!, ...searched!]) {
      expect(text.startsWith('zw')).toBe(true);
      expect(new Set(tokens).size).toBe(tokens.length);
    }
    await expect(predictor.sample(['abc'], { prefix: 'q' })).rejects.toThrow(UserError);
  });
});

describe('answers that must contain something', () => {
  it('contain it', async () => {
    const constraints = ['zy', 'w'];
    const answers = await predictor.predict(['abc', 'ba'], { constraints, nBest: 3, maxLength: 5 });
    for (const { text } of answers.flat()) expect(text).toMatch(/^(?=.*zy)(?=.*w)/);
  });

  it('are refused where the model cannot write it', async () => {
    const refused = (...constraints: string[]) => predictor.predict(['abc'], { constraints, maxLength: 3 });
    await expect(refused('w', 'wq')).rejects.toThrow(/^constraint "wq": unknown symbol "q"/);
    await expect(refused('')).rejects.toThrow('A constraint has no tokens');
    await expect(refused('wx', 'yz')).rejects.toThrow(
      'The constraints need 4 tokens, an answer has at most 3.',
    );
  });
});

describe('the number of answers', () => {
  it('is the width of the beam where none is given', async () => {
    const [three] = await predictor.predict(['abc'], { nBest: 3 });
    const [wide] = await predictor.predict(['abc'], { nBest: 3, beam: 3 });
    expect(three).toHaveLength(3);
    expect(three).toEqual(wide);
    expect((await predictor.predict(['abc', 'ba'], { beam: 3 })).map((answers) => answers.length)).toEqual([
      1, 1,
    ]);
  });

  it.each([
    [
      { nBest: 5, beam: 3 },
      'predict: nBest 5 is more than beam 3: a beam of 3 has 3 hypotheses; raise beam.',
    ],
    [{ nBest: 0 }, 'predict: nBest is 0; it must be a whole number from 1.'],
    [{ beam: 2.5 }, 'predict: beam is 2.5; it must be a whole number from 1.'],
  ])('is refused: %o', async (options, message) => {
    await expect(predictor.predict(['abc'], options)).rejects.toThrow(new UserError(message));
  });
});

describe('a decoding of its own', () => {
  const texts = ['abc', 'ba'];

  it('is how a predictor searches where a call says nothing else', async () => {
    const decoding = { beam: 3, prefix: 'zw', noRepeatedNgram: 1, constraints: ['y'], maxLength: 4 };
    const own = told(decoding);
    const answers = await own.predict(texts);
    expect(answers).toEqual(await predictor.predict(texts, decoding));
    for (const { text } of answers.flat()) expect(text).toMatch(/^zw.*y/);
    const less = { beam: 1, prefix: '', constraints: [], noRepeatedNgram: undefined };
    expect(await own.predict(texts, less)).toEqual(
      await predictor.predict(texts, { noRepeatedNgram: 1, maxLength: 4 }),
    );
    expect((await told({ beam: 3 }).predict(texts, { nBest: 5 }))[0]).toHaveLength(5);
  });

  it('is how it draws', async () => {
    const decoding = { temperature: 2, topK: 2, prefix: 'z', maxLength: 6 };
    const own = told({ ...decoding, beam: 4, lengthPenalty: 1 });
    const drawn = await own.sample(texts, { samples: 3 });
    expect(drawn).toEqual(await predictor.sample(texts, { ...decoding, samples: 3 }));
    expect(await own.sample(texts, { samples: 3, topK: 4 })).toEqual(
      await predictor.sample(texts, { ...decoding, samples: 3, topK: 4 }),
    );
    let streamed = '';
    for await (const part of own.stream('abc')) streamed += part;
    expect(streamed).toBe((await own.sample(['abc']))[0]![0]!.text);
    expect(streamed.startsWith('z')).toBe(true);
  });

  it('cannot draw what must contain something', async () => {
    const own = told({ constraints: ['w'] });
    const refusal = /^Answers must contain "w" \(decoding\.constraints\), which only a search sees to/;
    await expect(own.sample(texts)).rejects.toThrow(refusal);
    await expect(own.stream('abc').next()).rejects.toThrow(refusal);
  });
});
