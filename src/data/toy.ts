import { UserError } from '../tensor/errors.js';
import { hashText, randomBits, randomKey } from '../tensor/random.js';
import type { Example } from './examples.js';

/** Tasks whose answers a program can compute: they show whether a model and its training work at all. */
export const toyTasks = ['copy', 'sort', 'reverse', 'addition'] as const;
export type ToyTask = (typeof toyTasks)[number];

/** 40 symbols in the order of their code points, which is the order that `sort` asks for. */
const symbols = 'ABCDEFGHIJKLMNabcdefghijklmnopqrstuvwxyz';
const maxLength = 25;

const answers: Readonly<Record<ToyTask, (source: string) => string>> = {
  copy: (source) => source,
  sort: (source) => Array.from(source).sort().join(''),
  reverse: (source) => Array.from(source).reverse().join(''),
  addition: (source) => String(source.split('+').reduce((sum, term) => sum + Number(term), 0)),
};

/**
 * `count` different examples of a task, in character tokens:
 * - copy, sort, reverse: strings over 40 symbols; lengths uniform from 1 to 25 (as far as different strings of a
 *   length exist).
 * - addition: `a+b` with a, b uniform from 0 to 999, answer in decimal.
 *
 * Since no source occurs twice, any split of them has disjoint sources. The first n examples do not depend on
 * `count`.
 * @throws UserError when there are not that many different ones.
 */
export function toyExamples(task: ToyTask, { count, seed }: { count: number; seed: number }): Example[] {
  // Half of all sums: beyond that, drawing different ones becomes slow.
  if (task === 'addition' && count > 500_000) {
    throw new UserError(`synthetic addition: count ${count} is too large. Ask for at most 500000.`);
  }
  const key = randomKey(seed, hashText(`toy: ${task}`));
  const sources = new Set<string>();
  for (let draw = 0; sources.size < count; draw++) {
    sources.add(task === 'addition' ? drawSum(randomKey(key, draw)) : drawString(randomKey(key, draw)));
  }
  return Array.from(sources, (source, i) => ({
    source,
    references: [answers[task](source)],
    origin: `synthetic ${task}: example ${i + 1}`,
  }));
}

function drawSum(key: number): string {
  return `${randomBits(key, 0) % 1000}+${randomBits(key, 1) % 1000}`;
}

function drawString(key: number): string {
  const length = 1 + (randomBits(key, 0) % maxLength);
  let text = '';
  for (let i = 1; i <= length; i++) text += symbols[randomBits(key, i) % symbols.length]!;
  return text;
}
