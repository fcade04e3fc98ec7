import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { describe, expect, it } from 'vitest';
import { profileColumns } from '../../data/profile.js';
import type { Survey, TableSurvey } from '../../data/survey.js';
import { randomBits } from '../../tensor/random.js';
import { parseConfig } from '../parseConfig.js';
import type { Wishes } from './proposal.js';
import { formatProposal, propose } from './propose.js';

const syllables = 'ba ko ri mu ta ne so li da vu'.split(' ');
const draw = (i: number, k: number, most: number) => randomBits(i + 1, k) % most;
const word = (i: number, least = 2) =>
  Array.from({ length: least + draw(i, 0, 3) }, (_, k) => syllables[draw(i, k + 1, 10)]!).join('');
const phrase = (i: number, words: number) =>
  Array.from({ length: words + draw(i, 50, 4) }, (_, k) => word(draw(i, k + 60, 300))).join(' ');
const repeat = (count: number, make: (i: number) => string[]) =>
  Array.from({ length: count }, (_, i) => make(i));

function survey(rows: string[][], header?: string[]): TableSurvey {
  const origins = rows.map((_, i) => `x.tsv: line ${i + (header ? 2 : 1)}`);
  return {
    kind: 'table',
    source: { file: 'x.tsv', ...(header && { header: true }) },
    columns: profileColumns(rows, header, { origins }),
    names: header ?? rows[0]!.map((_, place) => place),
    rows,
    origins,
    first: rows,
    count: rows.length,
    bad: { count: 0, rows: [] },
    ownSplits: [],
  };
}

function proposed(found: Survey, wishes: Partial<Wishes> = {}) {
  const proposal = propose({
    survey: found,
    wishes: { minutes: 10, ...wishes },
    path: (path) => `../${path}`,
  });
  const text = formatProposal('x', proposal, ['Why.', ...proposal.reasons]);
  return { proposal, text, config: parseConfig(text, 'x.yaml') as object };
}

const shuffled = (rows: string[][]) => rows.map((row) => [...row.slice(1), row[0]!]);

const names = repeat(400, (i) => [
  word(i),
  [...word(i)].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0x3d0)).join(''),
]);
const sounds = repeat(400, (i) => [
  word(i),
  [...word(i)].map((letter) => `${letter.toUpperCase()}0`).join(' '),
]);
const sentences = repeat(400, (i) => [
  `${phrase(i, 5)} ${word(i)}${i}`,
  `${'中文字'.charAt(i % 3)}${'語'.repeat(phrase(i, 5).length / 4)}${String.fromCharCode(0x4e00 + (i % 900))}`,
  `CC-BY 2.0 attribution ${i}`,
]);
const verses = repeat(800, (i) => {
  const verse = (k: number) =>
    Array.from({ length: i % 2 ? 10 : 14 }, (_, t) =>
      String.fromCharCode(0x4e00 + draw(i, t + k, 2000)),
    ).join('');
  return [verse(0), verse(100)];
});
const spam = repeat(600, (i) => [i % 8 === 0 ? 'spam' : 'ham', phrase(i, 6)]);
const tagged = repeat(600, (i) => {
  const text = `${phrase(i, 4)} w${i}`;
  return [text, text.replace(/\S+/g, (each) => (each.length > 6 ? 'B-LONG' : 'O')), ['play', 'book'][i % 2]!];
});
const series = repeat(1200, (i) => [
  new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10),
  String(Math.sin((Math.PI * i) / 12) + draw(i, 0, 9) / 20),
  String(i / 7),
]);
const numbers = repeat(300, (i) => [String(draw(i, 0, 100) / 7), String(draw(i, 1, 100) / 3), String(i / 9)]);
const flowers = numbers.map(([a, b], i) => [a!, b!, i % 8 === 0 ? 'rose' : i % 2 === 0 ? 'lily' : 'iris']);
const scored = repeat(300, (i) => [phrase(i, 5), String(draw(i, 0, 1000) / 7)]);

describe('a proposal', () => {
  it.each<[string, string[][], object]>([
    [
      'names',
      names,
      {
        task: 'sequence-to-sequence',
        source: { tokenizer: 'character' },
        target: { tokenizer: 'character' },
        training: { validation: { stopOn: 'exactMatch' } },
        decoding: { beam: 5 },
      },
    ],
    ['sounds', sounds, { target: { tokenizer: 'word' }, training: { validation: { stopOn: 'per' } } }],
    [
      'sentences',
      sentences,
      {
        data: { source: { columns: { source: 0, target: 1 } } },
        source: { tokenizer: 'bpe' },
        target: { tokenizer: 'character' },
        training: { validation: { stopOn: 'chrf' } },
        metrics: { bleu: { tokenizer: 'zh' }, ter: { normalized: true, asian: true } },
      },
    ],
    [
      'verses',
      verses,
      {
        task: 'sequence-to-sequence',
        target: { tokenizer: 'character', minCount: 2 },
        training: { validation: { stopOn: 'loss' } },
      },
    ],
    [
      'uneven classes',
      spam,
      {
        task: 'classification',
        data: { source: { columns: { text: 1, label: 0 } } },
        training: { classWeights: 'balanced', validation: { stopOn: 'macroF1' } },
      },
    ],
    [
      'long texts of new words',
      repeat(600, (i) => [i % 2 ? 'spam' : 'ham', `${phrase(i, 10)} w${i} x${i}y w${i}z`]),
      {
        text: { tokenizer: 'character' },
        model: { encoder: { type: 'bag-of-words', analyzer: 'character', ngrams: [1, 5] } },
      },
    ],
    [
      'long texts without spaces',
      repeat(600, (i) => [i % 2 ? '好' : '坏', verses[i]!.join('').repeat(4)]),
      { model: { encoder: { type: 'bag-of-words', analyzer: 'character', ngrams: [1, 3] } } },
    ],
    [
      'long texts of known words',
      repeat(600, (i) => [i % 2 ? 'spam' : 'ham', phrase(i, 70)]),
      { model: { encoder: { type: 'bag-of-words', analyzer: 'word', ngrams: [1, 2] } } },
    ],
    [
      'tags and classes',
      tagged,
      {
        task: 'multi-task',
        text: { tokenizer: 'word', minCount: 2 },
        tasks: {
          class: { data: { source: { columns: { text: 0, label: 2 } } } },
          tags: { data: { source: { columns: { tokens: 0, tags: 1 } } } },
        },
        training: { validation: { stopOn: 'tags.entityF1' } },
      },
    ],
    [
      'tags',
      tagged.map((row) => row.slice(0, 2)),
      { task: 'tagging', training: { validation: { stopOn: 'entityF1' } } },
    ],
    [
      'a series',
      series,
      { task: 'forecasting', data: { source: { columns: [1, 2] } }, model: { type: 'linear' } },
    ],
    [
      'numbers',
      numbers,
      {
        task: 'regression',
        data: { source: { features: [0, 1], values: [2] } },
        model: { encoder: { type: 'mlp' } },
      },
    ],
    [
      'numbers with a class',
      flowers,
      {
        task: 'classification',
        data: { source: { columns: { features: [0, 1], label: 2 } }, split: { stratify: true } },
        model: { encoder: { type: 'mlp' } },
        training: { classWeights: 'balanced', validation: { stopOn: 'macroF1' } },
      },
    ],
    ['texts with numbers', scored, { task: 'regression', data: { source: { text: 0, values: [1] } } }],
    ['texts', spam.map(([, text]) => [text!]), { task: 'language-model', data: { source: { column: 0 } } }],
  ])('for %s is a configuration with a reason for each value', (_, rows, expected) => {
    const { text, config, proposal } = proposed(survey(rows));
    expect(config).toMatchObject(expected);
    expect(config).toMatchObject({ name: 'x' });
    expect(proposal.minutes).toBeLessThanOrEqual(10);
    expect(proposal.minutes).toBeGreaterThan(0);
    expect(lacking(text)).toEqual([]);
    // Comments that are too long for a line go on in the next.
    expect(text.replace(/\s*\n *# /g, ' ')).toMatch(/AdamW?: .+ Rate: .+; heddle find-rate tries others/);
  });
});

/** Values without a comment behind them or before their key. */
function lacking(text: string): string[] {
  const found: string[] = [];
  visit(parseDocument(text), {
    Pair(_, pair) {
      if (!isScalar(pair.key) || (isMap(pair.value) && pair.value.flow !== true)) return;
      const value = pair.value as { comment?: string | null } | null;
      if (!pair.key.commentBefore && !value?.comment) found.push(String(pair.key.value));
      return visit.SKIP;
    },
  });
  return found;
}

describe('what is recognised', () => {
  it('does not depend on names and order of the columns', () => {
    expect(proposed(survey(shuffled(spam), ['p', 'q'])).config).toMatchObject({
      task: 'classification',
      data: { source: { header: true, columns: { text: 'p', label: 'q' } } },
    });
    expect(proposed(survey(shuffled(tagged), ['p', 'q', 'r'])).config).toMatchObject({
      tasks: { q: { data: { source: { columns: { text: 'r', label: 'q' } } } } },
    });
    expect(proposed(survey(shuffled(series), ['p', 'q', 'r'])).config).toMatchObject({
      data: { source: { columns: ['p', 'q'] } },
    });
  });

  it('gives way to what the user says', () => {
    const turned = proposed(survey(names), { source: '1' });
    expect(turned.config).toMatchObject({ data: { source: { columns: { source: 1, target: 0 } } } });
    expect(proposed(survey(tagged), { task: 'tagging' }).config).toMatchObject({ task: 'tagging' });
    expect(proposed(survey(tagged), { task: 'classification' }).config).toMatchObject({
      data: { source: { columns: { label: 2 } } },
    });
    expect(proposed(survey(series), { horizon: 12 }).config).toMatchObject({ model: { horizon: 12 } });
    expect(proposed(survey(numbers), { target: '0' }).config).toMatchObject({
      data: { source: { features: [1, 2], values: [0] } },
    });
    expect(proposed(survey(spam), { task: 'language-model' }).config).toMatchObject({
      data: { source: { column: 1 } },
    });
    expect(proposed(survey(names), { validation: 'v.tsv', test: 't.tsv' }).config).toMatchObject({
      data: { validation: { file: '../v.tsv' }, test: { file: '../t.tsv' } },
    });
  });

  it.each<[string, Partial<Wishes>, RegExp]>([
    ['no such column', { target: 'x' }, /--target x: no such column\. x\.tsv has 0 \(text\), 1 \(text\)/],
    ['one column twice', { source: '0', target: '0' }, /--source and --target are both 0/],
    ['no classes', { task: 'classification' }, /--target: no column has a few different values/],
    ['no numbers', { task: 'forecasting' }, /--target: no column holds numbers/],
    [
      'a horizon of no series',
      { horizon: 3 },
      /--horizon 3: a proposal for sequence-to-sequence does not heed it/,
    ],
    ['another task', { task: 'denoising' }, /--task denoising: heddle init proposes classification/],
  ])('or says why it cannot: %s', (_, wishes, message) => {
    expect(() => proposed(survey(names), wishes)).toThrow(message);
  });
});

describe('of columns of numbers', () => {
  it('nothing is told that was measured of texts', () => {
    for (const rows of [numbers, flowers, scored, spam.map(([label, text]) => [label!, text!.repeat(9)])])
      expect(proposed(survey(rows)).proposal.expectation).toMatch(/^nothing like these data was measured/);
    expect(proposed(survey(flowers)).proposal.expectation).toContain(
      'Always saying the most frequent class would be right of 50 %.',
    );
    expect(proposed(survey(spam)).proposal.expectation).toMatch(/^measured of text messages/);
  });

  it('the user says which is the class, which the number, and which are read', () => {
    const rows = numbers.map((row, i) => [...row, ['lily', 'rose'][i % 2]!, ['small', 'large'][i % 2]!]);
    const header = ['a', 'b', 'c', 'kind', 'size'];
    const { config, proposal } = proposed(survey(rows, header), { target: 'kind' });
    expect(config).toMatchObject({
      data: { source: { columns: { features: ['a', 'b', 'c'], label: 'kind' } } },
    });
    expect(proposal.hints.join('\n')).toMatch(/Not read, as features are numbers: "size"\./);
    expect(proposed(survey(rows, header), { target: 'a' }).config).toMatchObject({
      task: 'regression',
      data: { source: { features: ['b', 'c'], values: ['a'] } },
    });
    expect(proposed(survey(rows, header), { target: 'kind', source: 'b' }).config).toMatchObject({
      data: { source: { columns: { features: ['b'], label: 'kind' } } },
    });
    expect(proposed(survey(rows, header), { task: 'regression', source: 'b' }).config).toMatchObject({
      data: { source: { features: ['b'], values: ['c'] } },
    });
  });
});

describe('of a series', () => {
  const gappy = series.map((row, i) => (i === 6 ? [row[0]!, '', row[2]!] : row));

  it('columns with gaps are left out, and one is needed without', () => {
    const { config, proposal } = proposed(survey(gappy));
    expect(config).toMatchObject({ data: { source: { columns: [2] } } });
    expect(proposal.reasons.join('\n')).toMatch(
      'column 1 is left out. In line 7, column 1: the cell is empty. A series needs a number in each row',
    );
    expect(() => proposed(survey(gappy), { task: 'forecasting', target: '1' })).toThrow(
      'x.tsv: line 7, column 1: the cell is empty. A series needs a number in each row: fill it in',
    );
  });

  it('rows stand in the order of time, and all can be read', () => {
    const turned = [...series].reverse();
    expect(() => proposed(survey(turned))).toThrow(
      'x.tsv: line 2, column 0: "2023-04-13" is before a time above it. Rows of a series stand in the order of time',
    );
    const bad = { count: 1, rows: [{ origin: 'x.tsv: line 9', reason: 'the row has 4 columns.' }] };
    expect(() => proposed({ ...survey(series), bad })).toThrow(
      'x.tsv: line 9: the row has 4 columns. Rows of a series cannot be left out.',
    );
  });
});

describe('of what cannot be read', () => {
  it('it says how many rows are left out, which and why', () => {
    const rows = flowers.map(([a, b, kind], i) => [
      String(i),
      i === 3 ? 'NA' : a!,
      i === 5 || i === 11 ? '' : b!,
      kind!,
    ]);
    const found: Survey = {
      ...survey(rows, ['n', 'a', 'b', 'kind']),
      bad: { count: 1, rows: [{ origin: 'x.tsv: line 10', reason: 'a quote is missing.' }] },
    };
    const { proposal, text } = proposed(found);
    const words =
      '4 of 301 rows left out (1 cannot be read, 2 with an empty cell, 1 without a number where one is read): line 5, line 7, line 10 …; line 10: a quote is missing.';
    expect(proposal.hints).toContain(`Bad rows: ${words}`);
    expect(text.replace(/\s*\n *# /g, ' ')).toContain(words);
    expect(proposal.hints).toContain('Not read: "n", which only says which row it is.');
  });

  it('columns that lack many numbers or have signs are named', () => {
    const rows = flowers.map(([a, , kind], i) => [a!, i % 3 === 0 ? '' : a!, `$${i},000`, kind!]);
    const { proposal, config } = proposed(survey(rows, ['a', 'b', 'price', 'kind']));
    expect(config).toMatchObject({ data: { source: { columns: { features: ['a'] } } } });
    const hints = proposal.hints.join('\n');
    expect(hints).toContain('Not read: "b", of which 33 % of the cells hold no number');
    expect(hints).toContain('Not read: "price". In line 2, "$0,000" looks like a number with a currency');
    expect(() => proposed(survey(rows), { target: '2' })).toThrow(/"\$0,000" looks like a number/);
  });

  it('texts with another number of words than tags are bad rows', () => {
    const rows = tagged.map((row, i) => (i === 4 ? [row[0]!, 'O', row[2]!] : row));
    expect(proposed(survey(rows), { task: 'tagging' }).text.replace(/\s*\n *# /g, ' ')).toContain(
      '1 of 600 rows left out (with other numbers of words and tags): line 5',
    );
  });

  it('decimal commas are read', () => {
    const rows = numbers.map((row) => row.map((cell) => cell.replace('.', ',')));
    const found = survey(rows);
    const source = { ...found.source, decimal: 'comma' as const };
    expect(proposed({ ...found, source }).config).toMatchObject({
      data: { source: { decimal: 'comma', features: [0, 1], values: [2] } },
    });
  });
});

it('refuses what is too little to learn from', () => {
  expect(() => proposed(survey(flowers.slice(0, 9)))).toThrow(
    'x.tsv: holds 9 rows: too little to learn from.',
  );
  const line: Survey = { kind: 'text', file: 'a.txt', lines: ['a,b'], characters: 4 };
  expect(() => proposed(line)).toThrow('a.txt: holds 4 characters: too little to learn from.');
});

it('refuses files and columns that it would not heed', () => {
  expect(() => proposed(survey(series), { test: 'later.csv' })).toThrow(
    '--test later.csv: a proposal for forecasting does not heed it',
  );
  const text: Survey = { kind: 'text', file: 'a.txt', lines: ['a b', '', 'c d'], characters: 10 };
  expect(() => proposed(text, { validation: 'b.txt' })).toThrow(
    '--validation b.txt: a proposal of such data',
  );
});

describe('the length of a training', () => {
  it('keeps within the minutes', () => {
    const many = { ...survey(sentences), count: 400_000 };
    for (const minutes of [3, 30]) {
      const { proposal, text } = proposed(many, { minutes });
      expect(proposal.minutes).toBeLessThanOrEqual(minutes);
      expect(text).toMatch(/as many as the time allows|no time for more/);
    }
  });

  it('leaves out what cannot be read', () => {
    const gaps = survey(names.map((row, i) => (i === 5 ? [row[0]!, ''] : row)));
    expect(proposed(gaps).text).toContain(
      'onBadRow: skip # 1 of 400 rows left out (with an empty cell): line 6',
    );
  });
});

describe('of files that are no tables', () => {
  const classes = Array.from({ length: 10 }, (_, i) => [String(i), 600] as const);
  const pair = { images: 'a.gz', labels: 'b.gz', count: 6000, height: 28, width: 28 };
  const lines = repeat(300, (i) => [i % 9 === 8 ? '' : phrase(i, 6)]).flat();
  it.each<[Survey, object]>([
    [
      { kind: 'idx', train: pair, test: { ...pair, images: 'c', labels: 'd', count: 1000 }, classes },
      {
        data: { source: { images: '../a.gz' }, test: { labels: '../d' } },
        model: { encoder: { type: 'image' } },
      },
    ],
    [
      { kind: 'images', folder: 'f', classes, height: 300, width: 400, colour: true },
      { data: { source: { folder: '../f', height: 64, width: 85, channels: 3 } } },
    ],
    [
      { kind: 'recordings', place: 'f', classes, rate: 44_100, seconds: 1.2 },
      { data: { source: { recordings: '../f', rate: 16_000, seconds: 1.5 } } },
    ],
    [
      {
        kind: 'recordings',
        place: 'f.csv',
        table: { source: { file: 'f.csv', header: true }, file: 'path', label: 'who' },
        classes,
        rate: 8000,
        seconds: 0.7,
      },
      { data: { source: { recordings: '../f.csv', header: true, columns: { file: 'path', label: 'who' } } } },
    ],
    [
      { kind: 'text', file: 't.txt', lines, characters: 10_000 },
      { task: 'language-model', data: { source: { text: '../t.txt' } } },
    ],
    [
      { kind: 'text', file: 't.txt', lines: lines.filter(Boolean), characters: 10_000 },
      { task: 'language-model', data: { source: { file: '../t.txt', format: 'text' } } },
    ],
  ])('%#', (found, expected) => {
    const { config, text } = proposed(found);
    expect(config).toMatchObject(expected);
    expect(lacking(text)).toEqual([]);
    expect(() => proposed(found, { task: 'tagging' })).toThrow(/--task tagging: of such data/);
  });
});
