import { describe, expect, it } from 'vitest';
import { Cleaner, type CleaningOptions, type RawRow } from './cleaning.js';

const row = (source: string, target = 'x', rest?: string): RawRow => ({
  texts: { source, target },
  rest,
  origin: `pairs.tsv: line ${source.length}`,
});
const clean = (options: CleaningOptions, ...rows: RawRow[]) => {
  const cleaner = new Cleaner(options);
  return { cleaner, rows: rows.map((each) => cleaner.clean(each)) };
};

describe('what stays', () => {
  it.each<[string, CleaningOptions, string, string]>([
    ['joins marks to their letters', {}, 'e\u0301', 'é'],
    ['folds full-width letters', { unicode: 'NFKC' }, 'Ａ①', 'A1'],
    ['leaves code points alone', { unicode: 'none' }, 'e\u0301', 'e\u0301'],
    ['keeps spaces', {}, ' a  b ', ' a  b '],
    ['collapses spaces, wide ones too', { collapseSpaces: true }, '\u3000a \t b\n', 'a b'],
    ['lowers case', { lowercase: true }, 'ÀB', 'àb'],
  ])('%s', (_, options, source, expected) => {
    const { rows, cleaner } = clean(options, row(source));
    expect(rows[0]!.texts).toEqual({ source: expected, target: 'x' });
    expect([cleaner.kept, cleaner.changed]).toEqual([1, Number(source !== expected)]);
  });
});

describe('what is dropped', () => {
  it.each<[string, CleaningOptions, RawRow]>([
    ['empty', {}, row('')],
    ['empty', {}, row(' \u3000')],
    ['too short', { minLength: 2 }, row('ab', 'x')],
    ['too long', { maxLength: 3 }, row('abcd')],
    ['uneven lengths', { maxRatio: 2 }, row('abc', 'x')],
    ['other script', { scripts: { source: 'Han' } }, row('中x y', '中')],
    ['other script', { scripts: { target: 'Latin' } }, row('中', '中文')],
  ])('%s: %o', (reason, options, bad) => {
    const { rows, cleaner } = clean(options, bad);
    expect(rows).toEqual([undefined]);
    expect([...cleaner.dropped]).toEqual([[reason, 1]]);
    expect(cleaner.examples).toEqual([{ ...bad, reason }]);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(clean({ maxLength: 2 }, row('🦊🦊')).cleaner.kept).toBe(1);
  });

  it('lets texts without letters, and mixed ones, pass a script', () => {
    const { cleaner } = clean({ scripts: { source: 'Han' } }, row('12:30!'), row('用TV'), row('我用 TV 看'));
    expect(cleaner.kept).toBe(2);
  });

  it('finds duplicates after cleaning, unless the rest differs', () => {
    const { rows } = clean(
      { dropDuplicates: true, lowercase: true },
      ...[row('A'), row('a'), row('a', 'y'), row('a', 'x', 'label')],
    );
    expect(rows.map(Boolean)).toEqual([true, false, true, true]);
  });

  it('keeps a few examples of each reason', () => {
    const { cleaner } = clean({}, ...Array.from({ length: 9 }, () => row('')));
    expect(cleaner.dropped.get('empty')).toBe(9);
    expect(cleaner.examples).toHaveLength(3);
  });
});

it.each<[CleaningOptions, string]>([
  [{ maxLength: 0 }, 'maxLength'],
  [{ maxRatio: 0.5 }, 'maxRatio'],
  [{ scripts: { source: 'Klingon' } }, 'Unicode knows no script "Klingon"'],
])('says what cannot be: %o', (options, message) => {
  expect(() => new Cleaner(options)).toThrow(message);
});
