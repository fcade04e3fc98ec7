import { describe, expect, it } from 'vitest';
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
  new Date(Date.UTC(2016, 6, 1 + i)).toISOString().slice(0, 10),
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

describe('columns of numbers', () => {
  const flowers = repeat((i) => [String(i / 3), String(i % 5), ['lily', 'rose', 'iris'][i % 3]!]);

  it('say the class of their row, where there is one', () => {
    expect(recognise(flowers)).toMatchObject({
      task: 'classification',
      text: undefined,
      features: [{ place: 0 }, { place: 1 }],
      label: { place: 2 },
    });
    const turned = flowers.map(([a, b, kind]) => [kind!, a!, b!]);
    expect(recognise(turned)).toMatchObject({ features: [{ place: 1 }, { place: 2 }], label: { place: 0 } });
  });

  it('leave aside what cannot be read', () => {
    const rows = flowers.map((row, i) => [...row, `shop ${i % 7}`]);
    expect(recognise(rows)).toMatchObject({ features: [{ place: 0 }, { place: 1 }], label: { place: 2 } });
  });

  it('are classes where they come last and are few whole ones', () => {
    const digits = repeat((i) => [String(i / 7), String(i % 8), String(i % 2)]);
    expect(recognise(digits)).toMatchObject({ task: 'classification', label: { place: 2 } });
    const prices = digits.map(([area, rooms, lift]) => [rooms!, lift!, area!]);
    expect(recognise(prices)).toMatchObject({
      task: 'regression',
      features: [{ place: 0 }, { place: 1 }],
      values: [{ place: 2 }],
    });
  });

  it('are read but where they only say which row it is, or where many are missing', () => {
    const rows = flowers.map(([a, b, kind], i) => [
      String(5000 + i),
      i % 10 === 0 ? '' : a!,
      i % 3 === 0 ? 'NA' : String(i / 9),
      i % 9 === 0 ? '?' : b!,
      kind!,
    ]);
    expect(recognise(rows, ['a', 'b', 'c', 'd', 'e'])).toMatchObject({
      features: [{ name: 'b' }, { name: 'd' }],
      label: { name: 'e' },
    });
    expect(recognise(rows.map((row) => [row[0]!, row[4]!]))).toMatchObject({ features: [{ place: 0 }] });
  });

  it('that training cannot read are not to be said, nor texts to be read', () => {
    const prices = repeat((i) => [String(i / 7), `$${i},000`]);
    expect(() => recognise(prices, ['area', 'price'])).toThrow(
      'row 1, column "price": "$0,000" looks like a number with a currency or unit. Write the number alone',
    );
    expect(() => recognise(prices.map(([, price], i) => [phrase(i) + i, price!]))).toThrow(/row 1, column 1/);
    const classed = prices.map(([area, price], i) => [area!, price!, ['lily', 'rose'][i % 2]!]);
    expect(recognise(classed)).toMatchObject({ features: [{ place: 0 }], label: { place: 2 } });
  });

  it('are not what is said of a text where they only say which it is', () => {
    expect(recognise(repeat((i) => [String(i), `${phrase(i)} ${i}`]))).toMatchObject({
      task: 'language-model',
      text: { place: 1 },
    });
  });

  it('say what a name tells', () => {
    const rows = repeat((i) => [String(i % 4), String(i / 3), String(i / 7)]);
    expect(recognise(rows, ['class', 'a', 'b'])).toMatchObject({
      task: 'classification',
      features: [{ name: 'a' }, { name: 'b' }],
      label: { name: 'class' },
    });
    expect(recognise(flowers, ['y', 'n', 'kind'])).toMatchObject({
      task: 'regression',
      features: [{ name: 'n' }],
      values: [{ name: 'y' }],
    });
  });
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
