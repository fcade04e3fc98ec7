import { expect, it } from 'vitest';
import { isConll } from './conll.js';

it.each<[string, boolean, string]>([
  ['tabs', true, 'in\tO\nRome\tB-place\n\nat\tO\nhome\tO'],
  [
    'spaces and further columns',
    true,
    '-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\ncalls VBZ B-VP O\n\nPeter NNP B-NP B-PER',
  ],
  ['a sentence a line', false, 'in Rome\tO B-place\nat home\tO O'],
  ['no blank lines', false, 'in\tO\nRome\tB-place\nat\tO'],
  ['no entities', false, 'a O\nb O\n\nc O'],
  ['other tags', false, 'in\tADP\nRome\tPROPN\n\nat\tADP'],
  ['prose', false, 'It was late.\n\nNobody came to the O'],
])('%s: %s', (_, expected, text) => {
  expect(isConll(text.split('\n'))).toBe(expected);
});
