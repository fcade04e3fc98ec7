import { describe, expect, it } from 'vitest';
import { groupBySource } from '../examples.js';
import { splitExamples } from '../splitExamples.js';
import { cmudictPairs, readCmudict } from './cmudict.js';

describe('cmudictPairs', () => {
  it('removes comments, stress and the number of a variant', async () => {
    const dictionary = {
      aalborg: 'AO1 L B AO0 R G # place, danish',
      'aalborg(2)': 'AA1 L B AO0 R G',
      'aalborg(3)': 'AA0 L B AO1 R G',
      "'bout": 'B AW1 T',
      'a.m.': 'EY2 EH1 M',
    };
    const examples = await groupBySource(cmudictPairs(dictionary));
    expect(examples.map(({ source, references }) => [source, references])).toEqual([
      ['aalborg', ['AO L B AO R G', 'AA L B AO R G']],
      ["'bout", ['B AW T']],
      ['a.m.', ['EY EH M']],
    ]);
  });
});

describe('readCmudict', () => {
  it('gives every word once with 39 phonemes', async () => {
    const examples = await readCmudict();
    expect(examples).toHaveLength(126_046);
    expect(new Set(examples.map(({ source }) => source)).size).toBe(126_046);
    expect(examples.reduce((sum, { references }) => sum + references.length, 0)).toBe(134_852);
    const phonemes = new Set(
      examples.flatMap(({ references }) => references.flatMap((text) => text.split(' '))),
    );
    expect(phonemes.size).toBe(39);
    expect([...phonemes].every((phoneme) => /^[A-Z]{1,2}$/.test(phoneme))).toBe(true);
    expect(examples.find(({ source }) => source === 'tomato')?.references).toEqual([
      'T AH M EY T OW',
      'T AH M AA T OW',
    ]);
    expect(examples.some(({ source }) => /[()#]/.test(source))).toBe(false);

    const { test, validation } = splitExamples(examples, { seed: 1, validation: 0.05, test: 0.05 });
    expect([validation.length, test.length]).toEqual([6280, 6315]);
  });
});
