import { describe, expect, it } from 'vitest';
import { attentionSvg, attentionText, type AttentionExample } from './attentionPicture.js';

const example: AttentionExample = {
  weights: [
    [0.8, 0.2, 0],
    [0.2, 0.4, 0.4],
  ],
  rowLabels: ['AH', 'N'],
  columnLabels: ['a', ' ', '語'],
  title: 'a < b',
};

describe('attention as SVG', () => {
  const svg = attentionSvg(example);
  it('has a cell for each weight, the strongest in full colour, with its value', () => {
    const cells = [...svg.matchAll(/class="heddle-cell"[^>]*fill-opacity="([\d.]+)"><title>([^<]*)/g)];
    expect(cells.map((cell) => Number(cell[1]))).toEqual([1, 0.25, 0, 0.25, 0.5, 0.5]);
    expect(cells[0]![2]).toBe('AH → a: 0.800');
  });
  it('labels rows and columns, escapes text and shows blanks', () => {
    for (const text of ['>AH<', '>N<', '>a<', '>␣<', '>語<', '>a &lt; b<', 'aria-label="a &lt; b"']) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toContain('rotate');
  });
  it('slants long column labels', () => {
    const long = attentionSvg({ ...example, columnLabels: ['international', 'a', 'b'] });
    expect(long.match(/rotate\(-45/g)).toHaveLength(3);
  });
  it('survives no rows, and weights that are zero or NaN', () => {
    expect(attentionSvg({ ...example, weights: [], rowLabels: [] })).not.toContain('NaN');
    const odd = { ...example, weights: [[NaN, 0, 0], [0, 0, 0]] }; // prettier-ignore
    expect(attentionSvg(odd).replace(/<title>[^<]*/g, '')).not.toContain('NaN');
  });
});

describe('attention as text', () => {
  it('draws shades without colour', () => {
    expect(attentionText(example, { color: false })).toBe(
      ['a < b', '    a  ␣ 語', 'AH ███░░░', ' N ░░░▒▒▒▒▒▒', ''].join('\n'),
    );
  });
  it('draws 256-colour cells with colour, and ends each row without it', () => {
    const lines = attentionText(example, { color: true }).trimEnd().split('\n');
    expect(lines[2]).toBe('AH \u001b[48;5;227m   \u001b[48;5;25m   \u001b[48;5;234m   \u001b[0m');
    expect(lines[3]!.endsWith('\u001b[0m')).toBe(true);
  });
  it('stands long column labels upright', () => {
    const text = attentionText({ ...example, columnLabels: ['long', 'b', 'cd'] }, { color: false });
    expect(text.split('\n').slice(1, 6)).toEqual(['   l', '   o', '   n   c', '   g b d', 'AH ██░░']);
  });
});

it('refuses weights that do not fit the labels', () => {
  const wrong = { ...example, rowLabels: ['AH'] };
  expect(() => attentionSvg(wrong)).toThrow(
    "Attention 'a < b': the weights are [2, 3], the labels [1, 3]; they must agree.",
  );
  expect(() => attentionText(wrong, { color: false })).toThrow('must agree');
});
