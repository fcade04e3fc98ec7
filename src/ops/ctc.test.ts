import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { answerProbabilities, randomFrames } from '../../test/support/ctcCases.js';
import { compile, evaluate, type Value, type Values } from '../../test/support/evaluate.js';
import { readFixture } from '../../test/support/fixtures.js';
import { gradients } from '../autodiff/gradients.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { ctcFrames, ctcLoss } from './ctc.js';
import { sum } from './reduce.js';

function graph(classes: number, blank = 0): Record<string, Tensor> {
  const logits = input('logits', 'float32', ['batch', 'time', classes]);
  const lengths = [input('inputLengths', 'int32', ['batch']), input('labelLengths', 'int32', ['batch'])];
  const labels = input('labels', 'int32', ['batch', 'labels']);
  const losses = ctcLoss(logits, labels, lengths[0]!, lengths[1]!, { blank });
  const loss = sum(losses);
  const [gradient] = gradients(loss, [logits]);
  return { losses, loss, 'grad.logits': gradient! };
}

const vector = (values: readonly number[]): Value => ({ shape: [values.length], values });

/** A batch of one. */
function single(logits: ArrayLike<number>, classes: number, labels: readonly number[]): Values {
  const time = logits.length / classes;
  return {
    logits: { shape: [1, time, classes], values: logits },
    labels: { shape: [1, labels.length || 1], values: labels.length > 0 ? labels : [1] },
    inputLengths: vector([time]),
    labelLengths: vector([labels.length]),
  };
}

describe('ctcLoss', () => {
  it.each(
    ['ordinary', 'blank-last', 'large'].flatMap((name) => [
      [name, 'float64', 1e-8] as const,
      [name, 'float32', 1e-5] as const,
    ]),
  )('of %s cases is PyTorch’s in %s', async (name, precision, tolerance) => {
    const fixture = readFixture(`ctc/${name}-${precision}`);
    const outputs = graph(6, name === 'blank-last' ? 5 : 0);
    const results = await evaluate(outputs, fixture, { precision });
    for (const key of Object.keys(outputs)) expectClose(results[key], fixture[key], tolerance, key);
  });

  it.each([0, 2])('is −log of the sum over all alignments; blank %i', async (blank) => {
    const classes = 3;
    const run = await compile(graph(classes, blank), { precision: 'float64' });
    const { values } = randomFrames(7, 5, classes);
    for (const [answer, probability] of answerProbabilities({ values, classes }, blank)) {
      const labels = answer === '' ? [] : answer.split(',').map(Number);
      const { losses } = await run(single(values, classes, labels));
      expect(losses!.values[0], answer).toBeCloseTo(-Math.log(probability), 10);
    }
  });

  it('does not see what lies beyond the lengths', async () => {
    const run = await compile(graph(6));
    const fixture = readFixture('ctc/ordinary-float32');
    const plain = await run(fixture);
    const [batch, time, classes] = fixture['logits']!.shape as [number, number, number];
    const lengths = fixture['inputLengths']!.values;
    const gradient = plain['grad.logits']!.values;
    gradient.forEach((value, i) => {
      const t = Math.floor(i / classes) % time;
      if (t >= lengths[Math.floor(i / (classes * time))]!) expect(value).toBe(0);
    });

    const widen = ({ shape, values }: Value, more: number, other: (i: number) => number): Value => {
      const [, width, inner = 1] = shape as [number, number, number?];
      const wide = Array.from({ length: batch * (width + more) * inner }, (_, i) => {
        const b = Math.floor(i / ((width + more) * inner));
        const within = i % ((width + more) * inner);
        return within < width * inner ? values[b * width * inner + within]! : other(i);
      });
      return { shape: [batch, width + more, ...shape.slice(2)], values: wide };
    };
    const padded = await run({
      ...fixture,
      logits: widen(fixture['logits']!, 4, (i) => (i % 5) * 100),
      labels: widen(fixture['labels']!, 3, (i) => i % 6),
    });
    expectClose(padded['losses'], plain['losses'], 1e-6, 'losses');
    const wider = widen(plain['grad.logits']!, 4, () => 0);
    expectClose(padded['grad.logits'], wider, 1e-6, 'gradient');
  });

  it('treats an example alone as among others', async () => {
    const run = await compile(graph(6));
    const fixture = readFixture('ctc/ordinary-float32');
    const together = await run(fixture);
    for (let b = 0; b < fixture['losses']!.values.length; b++) {
      const row = ({ shape, values }: Value): Value => {
        const size = values.length / shape[0]!;
        return { shape: [1, ...shape.slice(1)], values: Array.from(values).slice(b * size, (b + 1) * size) };
      };
      const alone = await run(
        Object.fromEntries(Object.entries(fixture).map(([k, v]) => [k, v.shape.length > 0 ? row(v) : v])),
      );
      expectClose(alone['losses'], row(together['losses']!), 1e-6, 'loss');
      expectClose(alone['grad.logits'], row(together['grad.logits']!), 1e-6, 'gradient');
    }
  });

  it.each([1e4, 1e38])('is finite, with a finite gradient, for logits of ±%s', async (size) => {
    const run = await compile(graph(3));
    // At each frame one class is certain: the labels 1 2 are certain, and 2 1 impossible.
    const logits = [1, 0, 2, 2].flatMap((label) => [0, 1, 2].map((c) => (c === label ? size : -size)));
    const right = await run(single(logits, 3, [1, 2]));
    expect(right['loss']!.values[0]).toBeCloseTo(0, 10);
    expect(right['grad.logits']!.values.every((value) => Math.abs(value) < 1e-6)).toBe(true);
    const wrong = await run(single(logits, 3, [2, 1]));
    expect(wrong['loss']!.values[0]).toBeGreaterThan(Math.min(size, 1e30));
    expect(wrong['loss']!.values.concat(wrong['grad.logits']!.values).every(Number.isFinite)).toBe(true);
    expect(wrong['grad.logits']!.values.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it('has posteriors that add up to 1 where float32 has no digits left for the loss', async () => {
    const { values } = randomFrames(3, 60, 5, 0.01);
    // Each frame is 10⁴ nats against the labels: the sums of the recursion are rounded to 0.06.
    const logits = Array.from(values, (value, i) => (i % 5 === 4 ? 1e4 : value));
    const results = await evaluate(graph(5), single(logits, 5, [1, 2, 3, 1]));
    expect(results['loss']!.values[0]! / 6e5).toBeCloseTo(1, 3);
    const gradient = results['grad.logits']!.values;
    for (let t = 0; t < 60; t++) {
      const posterior = gradient.slice(5 * t, 5 * t + 4).map((x) => -x);
      expect(posterior.reduce((total, x) => total + x)).toBeCloseTo(1, 5);
    }
  });

  it('names what does not fit', () => {
    const logits = input('logits', 'float32', ['batch', 'time', 4]);
    const labels = input('labels', 'int32', ['batch', 'labels']);
    const lengths = input('lengths', 'int32', ['batch']);
    expect(() => ctcLoss(logits, labels, lengths, input('n', 'int32', ['other']))).toThrow(
      'ctcLoss: takes logits [batch, time, classes], int32 labels [batch, labels] and two int32 lengths [batch], got float32[batch, time, 4], int32[batch, labels], int32[batch] and int32[other].',
    );
    expect(() => ctcLoss(logits, labels, lengths, lengths, { blank: 4 })).toThrow(
      'ctcLoss: the blank is 4; it must be one of the 4 classes, from 0.',
    );
  });
});

it('ctcFrames counts a blank between equal neighbours', () => {
  expect([[], [1], [1, 2, 1], [1, 1], [2, 2, 2, 1]].map(ctcFrames)).toEqual([0, 1, 3, 3, 6]);
});
