import { expect, it } from 'vitest';
import { characterTokenizer } from '../text/tokenizer.js';
import { buildEncoding, encodeExamples } from './dataset.js';
import { fingerprint } from './fingerprint.js';

const encoding = buildEncoding(['abc'], characterTokenizer);
const dataset = (...references: string[]) =>
  encodeExamples([{ source: 'ab', references, origin: 'line 1' }], { source: encoding, target: encoding });

it('changes with any token and with the order of pairs', () => {
  expect(fingerprint(dataset('a', 'b'))).toBe(fingerprint(dataset('a', 'b')));
  expect(fingerprint(dataset('a', 'b'))).not.toBe(fingerprint(dataset('b', 'a')));
  expect(fingerprint(dataset('a', 'b'))).not.toBe(fingerprint(dataset('a', 'c')));
  expect(fingerprint(dataset('ab'))).not.toBe(fingerprint(dataset('a', 'b')));
});
