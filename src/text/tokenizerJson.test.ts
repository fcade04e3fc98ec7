import { describe, expect, it } from 'vitest';
import { tokenizerFromJson, tokenizerToJson } from './tokenizerJson.js';
import { tokenizers } from './tokenizer.js';
import { Vocabulary } from './vocabulary.js';

const encodings = Object.values(tokenizers).map((tokenizer) => ({
  tokenizer,
  vocabulary: Vocabulary.build([tokenizer.tokenize('the cat\u00e9 10 __proto__ 😀 9')]),
}));

describe.each(encodings)('tokenizer.json of $tokenizer.type tokens', (encoding) => {
  const roundTrip = () =>
    JSON.parse(JSON.stringify(tokenizerToJson(encoding))) as ReturnType<typeof tokenizerToJson>;

  it('gives the same encoding when read again', () => {
    const read = tokenizerFromJson(roundTrip(), 'tokenizer.json');
    expect(read.tokenizer).toBe(encoding.tokenizer);
    expect(read.vocabulary.tokens).toEqual(encoding.vocabulary.tokens);
  });

  it('names the file and the key of what is wrong', () => {
    const broken = (change: (json: Record<string, never> & ReturnType<typeof tokenizerToJson>) => void) => {
      const json = roundTrip();
      change(json as never);
      return () => tokenizerFromJson(json, 'run/source.json');
    };
    expect(() => tokenizerFromJson([], 'run/source.json')).toThrow(
      'run/source.json: the file is not a JSON object',
    );
    expect(broken((json) => (json.model.type = 'BPE'))).toThrow('run/source.json: model.type is "BPE"');
    expect(broken((json) => (json.pre_tokenizer = { type: 'Metaspace' }))).toThrow('Metaspace');
    expect(broken((json) => (json.model.vocab['<pad>'] = 99))).toThrow('is 99, not an id from 0 to');
    expect(broken((json) => delete json.model.vocab['<end>'])).toThrow('not an id from 0 to');
    expect(broken((json) => Object.assign(json.model.vocab, { '<pad>': 1, '<start>': 0 }))).toThrow(
      'does not give id 0 to <pad>',
    );
    expect(broken((json) => (json.model.vocab['9'] = 4))).toThrow('gives id 4 to two tokens');
    expect(broken((json) => (json.model.vocab['9'] = 1.5))).toThrow('is 1.5, not an id');
    expect(broken((json) => delete (json as { model?: unknown }).model)).toThrow('model is missing');
  });
});
