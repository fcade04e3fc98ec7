import { expect, it } from 'vitest';
import { displayWidth } from './displayWidth.js';
import {
  formatCount,
  formatDuration,
  groupDigits,
  progressLine,
  stepsInWords,
  type Progress,
} from './terminal.js';

const progress: Progress = {
  step: 1040,
  totalSteps: 2000,
  epoch: 3.14,
  loss: 0.4123,
  tokensPerSecond: 31234,
  secondsLeft: 112,
};

it('renders a progress line', () => {
  expect(progressLine(progress, { width: 100, color: false })).toBe(
    '███████████▌·········· 52%  step 1,040/2,000 · epoch 3.1 · loss 0.412 · 31.2k tokens/s · 1m 52s left',
  );
  expect(progressLine({ step: 0, totalSteps: 10 }, { width: 40, color: false })).toBe(
    '·························  0%  step 0/10',
  );
  expect(progressLine({ step: 10, totalSteps: 10 }, { width: 200, color: false })).toBe(
    `${'█'.repeat(30)}100%  step 10/10`,
  );
  expect(progressLine(progress, { width: 100, color: true })).toContain(
    '\u001b[38;5;39m███████████▌··········\u001b[0m 52%',
  );
});

it('never exceeds the width, and keeps what matters most', () => {
  for (let width = 0; width <= 150; width++) {
    const line = progressLine(progress, { width, color: false });
    expect(displayWidth(line)).toBeLessThanOrEqual(width);
    if (width >= 30) expect(line).toContain('step 1,040/2,000');
    if (width >= 60) expect(line).toContain('1m 52s left');
  }
});

it('writes durations in the units that matter', () => {
  const durations = [0, 0.84, 9.96, 42.4, 59.6, 187, 3599.7, 7500, 86399, 273600, Infinity].map(
    formatDuration,
  );
  expect(durations).toEqual([
    '0.0s',
    '0.8s',
    '10s',
    '42s',
    '1m 00s',
    '3m 07s',
    '1h 00m',
    '2h 05m',
    '1d 00h',
    '3d 04h',
    '?',
  ]);
});

it('writes counts in three digits', () => {
  const counts = [0, 87, 999, 999.6, 1250, 31234, 999_700, 4.1e6, 2.5e15, NaN].map(formatCount);
  expect(counts).toEqual(['0', '87', '999', '1.00k', '1.25k', '31.2k', '1.00M', '4.10M', '2500T', '?']);
  expect([0, 999, 1000, 1234567].map(groupDigits)).toEqual(['0', '999', '1,000', '1,234,567']);
});

it('names steps', () => {
  expect([[5], [5, 1000], [5, 10, 1500]].map(stepsInWords)).toEqual([
    'step 5',
    'steps 5 and 1,000',
    'steps 5, 10 and 1,500',
  ]);
});
