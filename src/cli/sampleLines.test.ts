import { expect, it } from 'vitest';
import { displayWidth } from '../formats/displayWidth.js';
import { sampleLines } from './sampleLines.js';

const plain = { width: 60, color: false };

it('stands in columns, with what is right where an answer is wrong', () => {
  const samples = [
    { source: 'abc', prediction: 'A B C', target: 'A B C' },
    { source: 'ab\tcd\n', prediction: 'A', target: ['A B', 'A C'] },
    { source: 'x', prediction: 'y', target: [] },
    { source: 'row 8', prediction: '1 2', target: '1 3', error: 'mean error 0.5' },
  ];
  expect(sampleLines(samples, plain)).toEqual([
    '    abc     A B C  ✓',
    '    ab⇥cd↵  A      ✗ A B / A C',
    '    x       y',
    '    row 8   1 2    mean error 0.5, right: 1 3',
  ]);
  expect(sampleLines(samples, { ...plain, color: true })[0]).toBe('    abc     A B C  \u001b[32m✓\u001b[0m');
});

it.each([
  ['letters', 'a long text '.repeat(20)],
  ['Chinese characters', '织布机把经线分开'.repeat(20)],
  ['both', '织a布b'.repeat(30)],
])('is cut to the width of the terminal: %s', (_, long) => {
  const samples = [
    { source: long, prediction: long, target: `${long}.` },
    { source: 'short', prediction: long, target: `${long}!` },
  ];
  for (const width of [20, 61, 100]) {
    const lines = sampleLines(samples, { width, color: false });
    for (const line of lines) {
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(displayWidth(line)).toBeGreaterThan(width - 4);
      expect(line).toContain('…');
    }
    expect(lines[1]).toContain('short'.slice(0, 2));
  }
});

it('gives a short column what it needs, and the others the rest', () => {
  const samples = [{ source: 'x'.repeat(80), prediction: 'yes', target: 'no' }];
  expect(sampleLines(samples, plain)).toEqual([`    ${'x'.repeat(44)}…  yes  ✗ no`]);
});

it('has nothing to show without samples, nor on no terminal to speak of', () => {
  expect(sampleLines([], plain)).toEqual([]);
  expect(sampleLines([{ source: 'a', prediction: 'b', target: 'c' }], { width: 2, color: false })).toEqual([
    '',
  ]);
});
