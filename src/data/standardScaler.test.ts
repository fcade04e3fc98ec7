import { expect, it } from 'vitest';
import { StandardScaler } from './standardScaler.js';

it('only shifts what never changes, though sums of it round', () => {
  const scaler = StandardScaler.fit([0.1, 1, 0.1, 2, 0.1, 3], 2);
  expect([scaler.means, scaler.deviations]).toEqual([
    [0.1, 2],
    [1, Math.sqrt(2 / 3)],
  ]);
});
