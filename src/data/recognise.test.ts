import { expect, it } from 'vitest';
import { randomBits } from '../tensor/random.js';
import { profileColumns } from './profile.js';
import { recogniseTask } from './recognise.js';

const words = 'the quick brown fox jumps over a lazy dog while nobody looks at its very long tail'.split(' ');
const draw = (i: number, k: number, most: number) => randomBits(i + 1, k) % most;
const phrase = (i: number, least = 2, more = 9) =>
  Array.from({ length: least + draw(i, 0, more) }, (_, t) => words[draw(i, t + 1, words.length)]!).join(' ');
const repeat = (make: (i: number) => string[]) => Array.from({ length: 200 }, (_, i) => make(i));
const recognise = (rows: string[][], header?: string[]) => recogniseTask(profileColumns(rows, header), rows);

const series = repeat((i) => [
  `2016-07-${String((i % 28) + 1).padStart(2, '0')}`,
  String(i * 0.7),
  String(-i / 3),
]);
const classes = repeat((i) => [i % 5 === 0 ? 'spam' : 'ham', `${phrase(i)} ${i}`]);
const tagged = repeat((i) => {
  const tokens = `${phrase(i)} w${i}`;
  return [tokens, tokens.replace(/\S+/g, (word) => (word.length > 4 ? 'B-LONG' : 'O'))];
});
const pairs = repeat((i) => [
  `${phrase(i)} ${i}`,
  '中'.repeat(phrase(i).split(' ').length) + String(i),
  `CC-BY 2.0 Attribution: tatoeba.org number ${i}`,
]);

it.each([
  ['forecasting', series, { values: [{ place: 1 }, { place: 2 }] }],
  ['classification', classes, { label: { place: 0 }, text: { place: 1 } }],
  ['tagging', tagged, { tokens: { place: 0 }, tags: { place: 1 } }],
  ['sequence-to-sequence', pairs, { source: { place: 0 }, target: { place: 1 } }],
  ['language-model', repeat((i) => [`${phrase(i)} ${i}`]), { text: { place: 0 } }],
  [
    'regression',
    repeat((i) => [`${phrase(i)} ${i}`, String(i / 7)]),
    { text: { place: 0 }, values: [{ place: 1 }] },
  ],
  [
    'regression',
    repeat((i) => [String(i / 3), String(i / 7), String(i * 1.1)]),
    { features: [{ place: 0 }, { place: 1 }], values: [{ place: 2 }] },
  ],
])('%s', (task, rows, expected) => {
  expect(recognise(rows)).toMatchObject({ task, ...expected });
});

it('heeds what columns hold, not where they stand', () => {
  const turned = (rows: string[][]) => rows.map((row) => [...row].reverse());
  expect(recognise(turned(series))).toMatchObject({ task: 'forecasting' });
  expect(recognise(turned(classes))).toMatchObject({ label: { place: 1 }, text: { place: 0 } });
  expect(recognise(turned(tagged))).toMatchObject({ tokens: { place: 1 }, tags: { place: 0 } });
  expect(recognise(turned(pairs))).toMatchObject({ source: { place: 1 }, target: { place: 2 } });
});

it('takes the two texts whose lengths go together, among others', () => {
  const poems = repeat((i) => [
    `title ${phrase(i + 1000)}`,
    `author ${phrase(i + 2000)}`,
    `${1000 + i}`.slice(-2) + '春'.repeat(i % 2 === 0 ? 5 : 7) + String(i),
    `${1000 + i}`.slice(-2) + '風'.repeat(i % 2 === 0 ? 5 : 7) + String(i),
  ]);
  expect(recognise(poems, ['title', 'author', 'a', 'b'])).toMatchObject({
    task: 'sequence-to-sequence',
    source: { name: 'a' },
    target: { name: 'b' },
  });
});

it('turns a pair whose names say which is read', () => {
  expect(recognise(pairs, ['target', 'source', 'remark'])).toMatchObject({
    source: { place: 1 },
    target: { place: 0 },
  });
  expect(recognise(pairs, ['b', 'other', 'remark'])).toMatchObject({
    source: { place: 0 },
    target: { place: 1 },
  });
});

it('chooses by name between columns that are alike', () => {
  const rows = repeat((i) => [`${phrase(i)} ${i}`, i % 2 === 0 ? 'x' : 'y', ['p', 'q', 'r'][i % 3]!]);
  expect(recognise(rows, ['text', 'source', 'label'])).toMatchObject({ label: { name: 'label' } });
  expect(recognise(rows)).toMatchObject({ label: { place: 1 } });
});

it('says what it saw where nothing fits', () => {
  expect(() => recognise(repeat(() => ['same']))).toThrow('No task fits: the columns hold 0: category');
});
