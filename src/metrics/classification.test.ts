import { describe, expect, it } from 'vitest';
import { averageFigures, classificationMetrics, confusionMatrix, figuresByClass } from './classification.js';

// Class 3 occurs neither as a label nor as a prediction, class 2 is never predicted.
const labels = [0, 0, 0, 0, 1, 1, 2, 2, 2, 0];
const predictions = [0, 0, 1, 0, 1, 0, 0, 1, 0, 0];
const confusion = confusionMatrix(labels, predictions, 4);

describe('classification metrics', () => {
  it('count by label and prediction', () => {
    expect(confusion).toEqual([
      [4, 1, 0, 0],
      [1, 1, 0, 0],
      [2, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('take each class against all others, 0 where nothing can be divided', () => {
    expect(figuresByClass(confusion)).toEqual([
      { precision: 4 / 7, recall: 4 / 5, f1: 8 / 12, support: 5 },
      { precision: 1 / 3, recall: 1 / 2, f1: 2 / 5, support: 2 },
      { precision: 0, recall: 0, f1: 0, support: 3 },
      { precision: 0, recall: 0, f1: 0, support: 0 },
    ]);
  });

  it('average over classes', () => {
    expect(averageFigures(confusion, 'micro')).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 10 });
    const macro = averageFigures(confusion, 'macro');
    expect(macro.precision).toBeCloseTo((4 / 7 + 1 / 3) / 3, 12);
    expect(macro.recall).toBeCloseTo((4 / 5 + 1 / 2) / 3, 12);
    expect(macro.f1).toBeCloseTo((2 / 3 + 2 / 5) / 3, 12);
    const weighted = averageFigures(confusion, 'weighted');
    expect(weighted.precision).toBeCloseTo(0.5 * (4 / 7) + 0.2 * (1 / 3), 12);
    expect(weighted.recall).toBeCloseTo(0.5, 12);
    expect(weighted.f1).toBeCloseTo(0.5 * (2 / 3) + 0.2 * 0.4, 12);
  });

  it('are a table by name', () => {
    for (const [name, metric] of Object.entries(classificationMetrics)) expect(metric.name).toBe(name);
    expect(classificationMetrics.accuracy.compute(confusion)).toBe(0.5);
    expect(classificationMetrics.macroF1.compute(confusion)).toBe(averageFigures(confusion, 'macro').f1);
  });

  it('refuse what is no class, and nothing', () => {
    expect(() => confusionMatrix([0], [2], 2)).toThrow('0 and 2 must be classes below 2');
    expect(() => confusionMatrix([0], [], 2)).toThrow('1 labels, but 0 predictions');
    expect(() => classificationMetrics.accuracy.compute(confusionMatrix([], [], 2))).toThrow(
      'a metric needs at least one example',
    );
  });
});
