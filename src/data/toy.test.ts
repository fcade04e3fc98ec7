import { describe, expect, it } from 'vitest';
import { splitExamples } from './splitExamples.js';
import { toyExamples, toyTasks } from './toy.js';

describe.each(toyTasks)('%s', (task) => {
  const examples = toyExamples(task, { count: 4000, seed: 1 });

  it('gives different sources, the same for the same seed, whatever the count', () => {
    expect(new Set(examples.map(({ source }) => source)).size).toBe(4000);
    expect(toyExamples(task, { count: 4000, seed: 1 })).toEqual(examples);
    expect(toyExamples(task, { count: 100, seed: 1 })).toEqual(examples.slice(0, 100));
    expect(toyExamples(task, { count: 100, seed: 2 })).not.toEqual(examples.slice(0, 100));
  });

  it('splits into disjoint sources', () => {
    const { train, test } = splitExamples(examples, { seed: 1, validation: 0.1, test: 0.3 });
    const seen = new Set(train.map(({ source }) => source));
    expect(test.length).toBeGreaterThan(1000);
    expect(test.filter(({ source }) => seen.has(source))).toEqual([]);
  });
});

const answer = (task: (typeof toyTasks)[number], index = 0) => {
  const { source, references } = toyExamples(task, { count: 10, seed: 3 })[index]!;
  return { source, target: references[0]!, count: references.length };
};

describe('answers', () => {
  it('are right', () => {
    for (let i = 0; i < 10; i++) {
      const [copy, sort, reverse, sum] = toyTasks.map((task) => answer(task, i));
      expect(copy!.target).toBe(copy!.source);
      expect([...sort!.target].sort().join('')).toBe(sort!.target);
      expect([...sort!.source].sort().join('')).toBe(sort!.target);
      expect([...reverse!.target].reverse().join('')).toBe(reverse!.source);
      const [a, b] = sum!.source.split('+').map(Number);
      expect(sum!.target).toBe(String(a! + b!));
    }
  });
});

describe('distributions', () => {
  it('strings use 40 symbols and lengths 1 to 25 evenly', () => {
    const sources = toyExamples('reverse', { count: 10_000, seed: 1 }).map(({ source }) => source);
    expect(new Set(sources.join('')).size).toBe(40);
    const counts = new Array<number>(26).fill(0);
    for (const source of sources) counts[source.length]!++;
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBe(40); // there are no more of them
    for (const count of counts.slice(2)) expect(Math.abs(count - 415)).toBeLessThan(110);
  });

  it('sums have terms from 0 to 999', () => {
    const sources = toyExamples('addition', { count: 10_000, seed: 1 }).map(({ source }) => source);
    expect(sources.every((source) => /^(0|[1-9]\d{0,2})\+(0|[1-9]\d{0,2})$/.test(source))).toBe(true);
    expect(() => toyExamples('addition', { count: 600_000, seed: 1 })).toThrow('at most 500000');
  });
});
