import { describe, expect, it } from 'vitest';
import { hasHeader, profileColumns } from './profile.js';

const repeat = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const kindOf = (cells: string[]) => profileColumns(cells.map((cell) => [cell]))[0]!.kind;

describe('the kind of a column', () => {
  it.each<[string, string[]]>([
    ['number', repeat(50, (i) => String(i * 1.5))],
    ['number', repeat(50, (i) => String(i))],
    ['category', repeat(100, (i) => String(i % 5))],
    ['category', repeat(100, (i) => (i % 7 === 0 ? 'spam' : 'ham'))],
    ['time', repeat(50, (i) => `2016-07-01 ${String(i % 24).padStart(2, '0')}:00:00`)],
    ['time', ['2020-01', '2020-02', '2020-03']],
    ['text', repeat(100, (i) => `a sentence of its own, number ${i}`)],
    ['time', repeat(50, (i) => (i % 9 === 0 ? '?' : `${(i % 28) + 1}.1.2016`))],
    ['number', repeat(50, (i) => (i % 9 === 0 ? 'NA' : String(i * 1.5)))],
    ['number', repeat(50, (i) => (i % 2 === 0 ? '?' : String(i * 1.5)))],
    ['number', repeat(50, (i) => `${i},25`)],
    ['number', repeat(50, (i) => `${1000 + i}.95`)],
    ['category', repeat(100, (i) => (i % 20 === 0 ? '?' : String(i % 3)))],
    ['formatted', repeat(50, (i) => `$${i},000`)],
    ['formatted', repeat(50, (i) => `${i + 1},204`)],
    ['text', repeat(50, (i) => (i % 3 === 0 ? `a${i}` : String(i)))],
    ['empty', ['', ' ', '']],
  ])('%s', (kind, cells) => {
    expect(kindOf(cells)).toBe(kind);
  });
});

it('a table has one decimal sign', () => {
  const rows = repeat(50, (i) => [`${i}.5`, `${i + 1},204`, `${i},5`, String(i)]);
  expect(profileColumns(rows).map(({ kind, form }) => [kind, form])).toEqual([
    ['formatted', 'decimal point'],
    ['number', 'decimal comma'],
    ['number', 'decimal comma'],
    ['number', 'plain'],
  ]);
  // Where the reader cannot be told, no comma can be read.
  expect(profileColumns(rows, undefined, { decimalComma: false })[2]).toMatchObject({
    kind: 'formatted',
    odd: { count: 50, cell: '0,5', origin: 'row 1' },
  });
});

it('the first odd cell is named', () => {
  const rows = repeat(50, (i) => [i === 7 || i === 20 ? '?' : String(i * 1.5)]);
  const origins = rows.map((_, i) => `x.csv: line ${i + 1}`);
  expect(profileColumns(rows, ['a'], { origins })[0]!.odd).toEqual({
    count: 2,
    cell: '?',
    origin: 'x.csv: line 8',
  });
});

it.each<[boolean, string, string[]]>([
  [true, 'n', repeat(9, (i) => String(100_000 + i))],
  [true, 'n', repeat(9, (i) => String(90 - 2 * i))],
  [true, 'id', repeat(9, (i) => String((i * 7) % 9))],
  [true, 'MessageID', repeat(9, (i) => `M${i}`)],
  [true, 'serial_no', repeat(9, (i) => `x${(i * 7) % 9}`)],
  [false, 'n', repeat(9, (i) => String((i * 7) % 9))],
  [false, 'paid', repeat(9, (i) => String((i * 7) % 9))],
  [false, 'id', repeat(9, (i) => String(i >> 1))],
  [false, 'id', repeat(9, (i) => `text ${i}`)],
  [false, 'id', repeat(9, (i) => String(i / 4))],
])('whether a column only says which row it is: %s, %s %j', (expected, name, cells) => {
  expect(
    profileColumns(
      cells.map((cell) => [cell]),
      [name],
    )[0]!.identifies,
  ).toBe(expected);
});

describe('hasHeader', () => {
  const numbers = repeat(5, (i) => [`2016-07-0${i + 1}`, String(i)]);
  const texts = [
    ['win a prize now, call 555', 'spam'],
    ['see you at noon, my dear', 'ham'],
    ['shall we go there tonight?', 'ham'],
  ];
  const gaps = repeat(9, (i) => [`${i},5`, i === 4 ? 'NA' : String(i)]);
  const tagged = repeat(40, (i) => [
    `go ${'on '.repeat(i % 20)}to ${i}`,
    `O ${'O '.repeat(i % 20)}O B-place`,
  ]);
  it.each<[boolean, string[][]]>([
    [true, [['rent', 'rooms'], ...gaps]],
    [true, [['utterance', 'bio'], ...tagged]],
    [false, tagged],
    [false, [['stop', 'O'], ...tagged]],
    [true, [['date', 'OT'], ...numbers]],
    [false, numbers],
    [true, [['text', 'type'], ...texts]],
    [false, texts],
    [
      false,
      [
        ['Hi.', '嗨。'],
        ['Run.', '你用跑的。'],
        ['Stop!', '住手！'],
      ],
    ],
    [
      false,
      [
        ['آبي', 'abe'],
        ['آدم', 'adam'],
        ['آراد', 'arad'],
        ['آدم', 'adam'],
      ],
    ],
    [
      true,
      [
        ['arabe', 'anglais'],
        ['آدم', 'adam'],
        ['آراد', 'arad'],
        ['آدم', 'adam'],
      ],
    ],
  ])('%s: %o', (expected, rows) => {
    expect(hasHeader(rows)).toBe(expected);
  });
});

it('measures lengths in characters and words, and names script and values', () => {
  const [text, label] = profileColumns(
    repeat(60, (i) => [`今天 ${i}🦊`, i % 3 === 0 ? 'a' : 'b']),
    ['what', 'class'],
  );
  expect(text).toMatchObject({
    name: 'what',
    place: 0,
    kind: 'text',
    script: 'Han',
    words: { mean: 2, most: 2 },
  });
  expect(text!.characters.most).toBe(6);
  expect(label).toMatchObject({
    kind: 'category',
    distinct: 2,
    values: [
      ['b', 40],
      ['a', 20],
    ],
  });
});

it('notices what all cells begin with', () => {
  const [licence, text] = profileColumns(
    repeat(50, (i) => [`CC-BY 2.0 Attribution: tatoeba.org #${i * 7919}`, `a text ${i}`]),
  );
  expect(licence!.sharedPrefix).toBeGreaterThan(0.8);
  expect(
    profileColumns(repeat(50, (i) => [`${String.fromCharCode(97 + (i % 26))} text ${i}`]))[0]!.sharedPrefix,
  ).toBe(0);
  expect(text!.kind).toBe('text');
});
