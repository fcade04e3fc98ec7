import { expect, it } from 'vitest';
import { sniffTable } from './sniffTable.js';

const repeat = (line: string) => Array.from({ length: 60 }, (_, i) => line.replaceAll('#', String(i)));

it.each<[string, string[], object]>([
  ['tabs', repeat('a #\tb, c'), { format: 'tsv' }],
  ['tabs, more of them in a remark', [...repeat('a\tb'), 'a\tb\tremark'], { format: 'tsv' }],
  ['tabs between quotes', repeat('"a #"\t"b"'), { format: 'csv', separator: 'tab' }],
  ['commas', repeat('a #,b'), { format: 'csv' }],
  ['commas, others in quotes', repeat('a #,"b, c, d"'), { format: 'csv' }],
  ['a cell over lines', repeat('a,"b\nc, d"').join('\n').split('\n'), { format: 'csv' }],
  ['semicolons', repeat('1,5;b #'), { format: 'csv', separator: 'semicolon' }],
  ['objects', repeat('{"a": "b, #"}'), { format: 'jsonl' }],
  [
    'prose',
    ['To be, or not to be, that is', 'the question:', ...repeat('whether, # nobler')],
    { format: 'text' },
  ],
  ['single words', repeat('word#'), { format: 'text' }],
])('%s', (_, lines, expected) => {
  expect(sniffTable(lines)).toEqual(expected);
});
