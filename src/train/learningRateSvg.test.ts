import { expect, it } from 'vitest';
import { learningRateSvg } from './learningRateSvg.js';

it('is drawn', () => {
  const svg = learningRateSvg({ rates: [1e-4, 1e-3, 1e-2], losses: [3, 2, 1], suggestion: 3e-3 });
  expect(svg).toMatch(/^<svg[^]*<\/svg>\s*$/);
  for (const text of ['Loss while the learning rate rises', 'log₁₀ of the learning rate', 'smoothed loss'])
    expect(svg).toContain(text);
});
