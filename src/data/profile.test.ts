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
    ['empty', ['', ' ', '']],
  ])('%s', (kind, cells) => {
    expect(kindOf(cells)).toBe(kind);
  });
});

describe('hasHeader', () => {
  const numbers = repeat(5, (i) => [`2016-07-0${i + 1}`, String(i)]);
  const texts = [
    ['win a prize now, call 555', 'spam'],
    ['see you at noon, my dear', 'ham'],
    ['shall we go there tonight?', 'ham'],
  ];
  it.each<[boolean, string[][]]>([
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
