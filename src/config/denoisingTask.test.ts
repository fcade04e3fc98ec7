import { describe, expect, it } from 'vitest';
import { buildEncoding } from '../data/dataset.js';
import { parametersOf } from '../nn/module.js';
import { characterTokenizer } from '../text/tokenizer.js';
import type { DenoisingConfig } from './denoisingSchema.js';
import { buildDenoisingTask, corruptedForMeasuring, encodeHoles, encodeToCorrupt } from './denoisingTask.js';
import { parseConfig } from './parseConfig.js';

const text = `
task: denoising
data: { source: { file: lines.tsv } }
model:
  encoder: { type: transformer, size: 8, heads: 2, layers: 1 }
  decoder: { type: transformer, size: 8, heads: 2, layers: 1 }
training: { steps: 3, noiseRate: 0.5, meanSpan: 2 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'x.yaml', overrides) as DenoisingConfig;
const lines = (...texts: string[]) => texts.map((each, i) => ({ text: each, origin: `line ${i + 1}` }));
const build = (config: DenoisingConfig, ...train: string[]) =>
  buildDenoisingTask(config, { train: lines(...train), validation: lines('ab'), test: [] });

it('builds a recurrent decoder over a Transformer', () => {
  const { model } = build(
    parse('model.decoder={ type: recurrent, embeddingSize: 4, hiddenSize: 6 }'),
    'abcdabcd',
  );
  expect(parametersOf(model).get('decoder.bridge.layers.0.0.linear.weight')!.shape).toEqual([6, 8]);
});

it('builds a model of one vocabulary, with sentinels for the spans of the longest training text', () => {
  const { model, encoding, train, heldOut, facts } = build(parse(), 'abcdabcd', 'dcba');
  const { vocabulary } = encoding;
  expect(vocabulary.tokens.slice(4)).toEqual(['a', 'b', 'c', 'd', '<extra_id_0>', '<extra_id_1>']);
  const shapes = parametersOf(model);
  expect(shapes.get('encoder.input.embedding.weight')!.shape).toEqual([10, 8]);
  expect(shapes.get('decoder.input.embedding.weight')!.shape).toEqual([10, 8]);
  expect(heldOut).toEqual({ validation: 1, test: undefined });
  expect(facts.model).toBe('10 tokens, to restore up to 2 spans of a text');
  // Half of each text is taken out: four tokens in two spans, and two in one; END comes on top.
  expect(train.batch(Int32Array.of(0, 1)).targetLengths.data).toEqual(Int32Array.of(4 + 2 + 1, 2 + 1 + 1));
});

it('corrupts a held-out text that is longer than all to train on, in longer spans', () => {
  const config = parse();
  const { encoding, model } = build(config, 'abcd');
  expect(encoding.vocabulary.reserved).toEqual(['<extra_id_0>']);
  const longer = encodeToCorrupt(lines('abcd'.repeat(10)), encoding, config, model);
  const batch = corruptedForMeasuring(longer, encoding, config).batch(Int32Array.of(0));
  expect(batch.sourceLengths.data).toEqual(Int32Array.of(20 + 1));
  expect(batch.targetLengths.data).toEqual(Int32Array.of(20 + 1 + 1));
});

describe('holes', () => {
  it('become sentinels in their order, in texts of characters and of words', () => {
    const characters = build(parse(), 'abcdabcd');
    expect(encodeHoles('a<mask>c<mask>', characters.encoding, 'here', characters.model)).toEqual({
      tokens: ['a', '<mask>', 'c', '<mask>'],
      ids: [4, 8, 6, 9],
    });
    const words = build(parse('text.tokenizer=word'), 'we weave cloth');
    const { tokens, ids } = encodeHoles('we <mask> silk', words.encoding, 'here', words.model);
    expect(tokens).toEqual(['we', '<mask>', 'silk']);
    expect(ids).toEqual([5, 7, 3]);
  });

  it('must be there, no more than the model has learnt, in a text that fits', () => {
    const { encoding, model } = build(parse(), 'abcd');
    const encode = (each: string) => encodeHoles(each, encoding, 'here', model);
    expect(() => encode('abc')).toThrow('here: the text has no <mask>, so there is nothing to fill in');
    expect(() => encode('<mask>b<mask>')).toThrow(
      'here: the text has <mask> 2 times, the model restores up to 1 span of a text. Write fewer',
    );
    const short = build(
      parse('model.encoder={ type: transformer, size: 8, heads: 2, positions: learned, maxLength: 4 }'),
      'abcd',
    );
    expect(() => encodeHoles('abcd<mask>', short.encoding, 'here', short.model)).toThrow(
      'here: the text has 5 tokens, the model has positions for 4',
    );
  });
});

describe('what does not fit', () => {
  it('names a text that is too long for the encoder or the decoder', () => {
    const learned = '{ type: transformer, size: 8, heads: 2, positions: learned, maxLength: 5 }';
    expect(() => build(parse(`model.encoder=${learned}`), 'abc', 'abcdab')).toThrow(
      'line 2: the text has 6 tokens, the model has positions for 5',
    );
    expect(() => build(parse(`model.decoder=${learned}`), 'abc', 'abcdabcd')).toThrow(
      'line 2: what is taken out of the text has 7 tokens with its sentinels and END, the model has positions for 5',
    );
  });

  it('names what is left of the data', () => {
    expect(() => build(parse())).toThrow('data.split leaves nothing to train on');
  });

  it('names a run to start from that has no sentinels', () => {
    const known = { text: buildEncoding(['abcd'], characterTokenizer) };
    const examples = { train: lines('abcd'), validation: [], test: [] };
    expect(() => buildDenoisingTask(parse(), examples, known)).toThrow(
      'training.initial.run: the tokens of that run have no sentinels',
    );
  });

  it.each([
    ['training.noiseRate=1', /training\.noiseRate is 1; it must be below 1/],
    ['training.noiseRate=0', /training\.noiseRate is 0; it must be above 0/],
    ['training.meanSpan=0.5', /training\.meanSpan is 0\.5; it must be at least 1/],
    ['model.encoder={ type: transformer, size: 6 }', /model\.encoder\.size is 6; it must be a multiple/],
    [
      'model.decoder={ type: recurrent, attention: dot }',
      /model\.decoder\.attention dot needs model\.decoder\.hiddenSize \(256\) to equal .* \(model\.encoder\.size = 8\)/,
    ],
    ['training.validation.stopOn=perplexity', /stopOn is perplexity, which .* does not measure/],
    ['training.validation.metrics=[per]', /training\.validation\.metrics\.0 is "per"/],
    ['data.split={ validation: 0.5, test: 0.5 }', /data\.split validation and test leave nothing/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
