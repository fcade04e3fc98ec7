import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { trainEncoding } from '../data/trainEncoding.js';
import { normalizeText, type TextNormalization } from './normalization.js';
import { tokenizerFromJson, tokenizerToJson, withNormalization } from './tokenizerJson.js';

const texts = ['Ｆｕｌｌ  width', ' e\u0301te\u0301 ', 'ΟΔΟΣ\u3000ΟΔΟΣ', 'İzmir\u00a0ﬁnal', '①中文\t字'];

it.each<[TextNormalization, string[]]>([
  [{}, ['Ｆｕｌｌ  width', ' été ', 'ΟΔΟΣ\u3000ΟΔΟΣ', 'İzmir\u00a0ﬁnal', '①中文\t字']],
  [{ unicode: 'NFKC' }, ['Full  width', ' été ', 'ΟΔΟΣ ΟΔΟΣ', 'İzmir final', '1中文\t字']],
  [{ collapseSpaces: true }, ['Ｆｕｌｌ width', 'été', 'ΟΔΟΣ ΟΔΟΣ', 'İzmir ﬁnal', '①中文 字']],
  // Letter by letter: no final sigma.
  [{ lowercase: true }, ['ｆｕｌｌ  width', ' été ', 'οδοσ\u3000οδοσ', 'i̇zmir\u00a0ﬁnal', '①中文\t字']],
])('%o', (normalization, expected) => {
  expect(texts.map((text) => normalizeText(text, normalization))).toEqual(expected);
});

describe.each<TextNormalization>([
  { unicode: 'NFKC' },
  { lowercase: true },
  { collapseSpaces: true },
  { unicode: 'NFKC', collapseSpaces: true, lowercase: true },
])('an encoding with %o', (normalization) => {
  it.each(['character', 'word', 'bpe', 'byte-bpe', 'wordpiece', 'unigram'] as const)(
    'of %s tokens is the same in tokenizer.json, here and in Hugging Face’s library',
    (tokenizer) => {
      const normal = texts.map((text) => normalizeText(text, normalization));
      const vocabularySize = tokenizer === 'byte-bpe' ? 280 : 60;
      const plain = trainEncoding(normal, { tokenizer, vocabularySize });
      const encoding = withNormalization(plain, normalization);
      const json = JSON.parse(JSON.stringify(tokenizerToJson(encoding))) as ReturnType<
        typeof tokenizerToJson
      >;
      const read = tokenizerFromJson(json, 'tokenizer.json');
      const theirs = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
      // Theirs lowers a final sigma by its place.
      for (const text of texts.filter((each) => !each.includes('Σ'))) {
        const tokens = encoding.tokenizer.tokenize(text);
        expect(read.tokenizer.tokenize(text)).toEqual(tokens);
        expect(theirs.encode(text).ids).toEqual(encoding.vocabulary.encode(tokens));
      }
    },
  );
});

it('is left away where a tokenizer does all of it itself', () => {
  const plain = trainEncoding(texts, { tokenizer: 'character' });
  expect(withNormalization(plain, { unicode: 'NFC', lowercase: false })).toBe(plain);
});

it('refuses a normalizer that is not known', () => {
  const json = tokenizerToJson(trainEncoding(texts, { tokenizer: 'word' }));
  expect(() => tokenizerFromJson({ ...json, normalizer: { type: 'NFD' } }, 'tokenizer.json')).toThrow(
    'tokenizer.json: normalizer is {"type":"NFD"}, not one that heddle writes',
  );
});
