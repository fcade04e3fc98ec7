import { describe, expect, it } from 'vitest';
import { Draw } from '../../test/support/draw.js';
import { checkGradients } from '../../test/support/gradientCheck.js';
import { randomScan } from '../../test/support/randomSteps.js';

/** More were run while the gradient was written; these take about a second. */
const PROGRAMS = 60;

describe('a scan over random steps', () => {
  it.each(Array.from({ length: PROGRAMS }, (_, seed) => seed))(
    'program %i: gradients agree with central differences, and float32 with float64',
    async (seed) => {
      const draw = new Draw(seed);
      const errors = await checkGradients(randomScan(draw), draw);
      expect(errors.gradient).toBeLessThanOrEqual(1e-6);
      // Rounding grows over a step's products and sums.
      expect(errors.float32).toBeLessThanOrEqual(1e-4);
    },
  );
});
