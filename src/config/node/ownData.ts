import type { SplitName } from '../../data/split.js';
import { UserError } from '../../tensor/errors.js';
import type { AnsweredExample } from '../../train/decodedAnswers.js';

/** Reads a run's own data; where they are gone, a file will do. */
export async function ownData<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message} Or measure on a file of your own (--data FILE; in code { file }).`,
      { cause: error },
    );
  }
}

/** What tells an example from others, whatever was answered. */
export function keyOfAnswer({ source, references }: AnsweredExample): string {
  return [source, ...references].join('\n');
}

/** @throws UserError when a part is empty. */
export function requireExamples(examples: readonly unknown[], split: SplitName): void {
  if (examples.length === 0)
    throw new UserError(
      `the run has no ${split} examples. Choose another part (--split; in code { split }), or give a file (--data; in code { file }).`,
    );
}
