import { describe, expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import { teacherForcingProbability, type SamplingSchedule } from './samplingSchedule.js';

describe('the probability of reading the true token', () => {
  it.each<[SamplingSchedule, [step: number, probability: number][]]>([
    [
      { type: 'linear', steps: 10, floor: 0.25 },
      [
        [1, 0.9],
        [5, 0.5],
        [9, 0.25],
        [1000, 0.25],
      ],
    ],
    [
      { type: 'linear', steps: 4 },
      [
        [1, 0.75],
        [4, 0],
        [5, 0],
      ],
    ],
    [
      { type: 'exponential', decay: 0.9 },
      [
        [1, 0.9],
        [3, 0.729],
      ],
    ],
    [
      { type: 'inverse-sigmoid', pace: 100 },
      [
        [1, 100 / (100 + Math.exp(0.01))],
        [100 * Math.log(100), 0.5],
        [1e6, 0],
      ],
    ],
  ])('%o', (schedule, wanted) => {
    const probability = teacherForcingProbability(schedule);
    for (const [step, value] of wanted) expect(probability(step)).toBeCloseTo(value, 12);
  });

  it('is refused where it cannot be', () => {
    const refused = (schedule: object, message: string) => {
      expect(() => teacherForcingProbability(schedule as SamplingSchedule)).toThrow(
        new UserError(`scheduled sampling: ${message}`),
      );
    };
    refused({ type: 'cosine' }, "type is 'cosine'; it must be 'linear', 'exponential' or 'inverse-sigmoid'.");
    refused({ type: 'linear', steps: 0 }, 'steps is 0; it must be a whole number from 1.');
    refused({ type: 'linear', steps: 1, floor: 2 }, 'floor is 2; it must be at least 0 and at most 1.');
    refused({ type: 'exponential', decay: 1 }, 'decay is 1; it must be at least 0 and below 1.');
    refused({ type: 'inverse-sigmoid', pace: 0.5 }, 'pace is 0.5; it must be a finite number from 1.');
  });
});
