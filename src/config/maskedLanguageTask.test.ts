import { describe, expect, it } from 'vitest';
import { parametersOf } from '../nn/module.js';
import type { MaskedLanguageConfig } from './maskedLanguageSchema.js';
import { buildMaskedLanguageTask, encodeMasked, maskedTokens } from './maskedLanguageTask.js';
import { parseConfig } from './parseConfig.js';

const text = `
task: masked-language-model
data: { source: { file: lines.tsv } }
model: { encoder: { type: transformer, size: 8, heads: 2, layers: 1 } }
training: { steps: 3, maskRate: 0.5 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'x.yaml', overrides) as MaskedLanguageConfig;
const lines = (...texts: string[]) => texts.map((each, i) => ({ text: each, origin: `line ${i + 1}` }));
const build = (config: MaskedLanguageConfig, ...train: string[]) =>
  buildMaskedLanguageTask(config, { train: lines(...train), validation: lines('ab'), test: [] });

it('builds an encoder with a mask in its vocabulary, and masks a share of each text', () => {
  const { model, encoding, train, heldOut } = build(parse(), 'abcdabcd', 'dcba');
  expect(encoding.vocabulary.tokens.slice(4)).toEqual(['a', 'b', 'c', 'd', '<mask>']);
  expect(parametersOf(model).get('output.weight')!.shape).toEqual([9, 8]);
  expect(train.batch(Int32Array.of(0, 1))['masked']!.shape).toEqual([4 + 2]);
  expect(heldOut).toEqual({ validation: 1, test: undefined });
});

it('reads masks in texts of characters and of words', () => {
  const characters = build(parse(), 'abcd');
  expect(maskedTokens('a<mask>c', characters.encoding)).toEqual(['a', '<mask>', 'c']);
  const words = build(parse('text.tokenizer=word'), 'we weave cloth');
  expect(maskedTokens('we <mask> cloth', words.encoding)).toEqual(['we', '<mask>', 'cloth']);
  expect(encodeMasked('we <mask> cloth', words.encoding, 'here', words.model)).toEqual([5, 7, 4]);
  expect(() => encodeMasked('we weave', words.encoding, 'here', words.model)).toThrow(
    'here: the text has no <mask>, so there is nothing to guess',
  );
});

it('masks pieces of words with the space before them', () => {
  const lines = ['we weave cloth', 'we weave', 'we wove cloth'];
  const { encoding } = build(parse('text={ tokenizer: bpe, vocabularySize: 40 }'), ...lines);
  const tokens = maskedTokens('we <mask> cloth', encoding);
  expect(tokens).toEqual(['we', '<mask>', ' cloth']);
  expect(encoding.tokenizer.detokenize(tokens.with(1, ' weave'))).toBe('we weave cloth');
});

describe('what does not fit', () => {
  it('names a text that is too long', () => {
    const short = 'model.encoder={ type: transformer, positions: learned, maxLength: 3 }';
    expect(() => build(parse(short), 'abc', 'abcd')).toThrow('line 2: the text has 4 tokens');
    const { encoding, model } = build(parse(short), 'abc');
    expect(() => encodeMasked('abc<mask>', encoding, 'here', model)).toThrow('here: the text has 4 tokens');
  });

  it.each([
    ['training.maskRate=1', /training\.maskRate is 1; it must be below 1/],
    ['training.maskRate=0', /training\.maskRate is 0; it must be above 0/],
    ['model.encoder={ type: transformer, size: 6 }', /model\.encoder\.size is 6; it must be a multiple/],
    ['training.validation.stopOn=perplexity', /stopOn is perplexity, which .* does not measure/],
    ['data.split={ validation: 0.5, test: 0.5 }', /data\.split validation and test leave nothing/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
