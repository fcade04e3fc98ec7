import { hashNumbers } from '../data/fingerprint.js';
import type { EvaluationData } from '../data/trainingData.js';
import type { TokenSums } from '../metrics/metrics.js';
import type { BatchProgram } from './batchProgram.js';

/** Sums over all tokens, and those of each text. */
export interface TextSums extends TokenSums {
  /** Of each text or window, in the order of the plan: Σ −ln p, and the number of tokens. */
  readonly rows: readonly (readonly number[])[];
  /** Of each the same for the same tokens to foretell. */
  readonly keys: readonly string[];
}

/** What the inputs are called: the texts [batch, time], what is to be foretold [tokens], and its positions b·time + t. */
export interface TokenInputs {
  readonly texts: string;
  readonly labels: string;
  readonly rows: string;
}

/** Sums over all tokens of some data, which the token metrics make figures of. */
export async function sumTokens(
  scorer: BatchProgram<'loss' | 'correct' | 'tokenLosses'>,
  data: EvaluationData,
  batchSize: number,
  inputs: TokenInputs,
): Promise<TextSums> {
  const sums = { loss: 0, correct: 0, tokens: 0 };
  const rows: [number, number][] = [];
  const keys: string[] = [];
  for await (const { batch, outputs } of scorer.run(data, batchSize)) {
    const losses = outputs.tokenLosses.data as Float32Array;
    sums.loss += Number(outputs.loss.data[0]);
    sums.correct += Number(outputs.correct.data[0]);
    sums.tokens += losses.length;
    const [count, time] = batch[inputs.texts]!.shape as readonly [number, number];
    const labels = Array.from({ length: count }, (): number[] => []);
    const first = rows.length;
    for (let b = 0; b < count; b++) rows.push([0, 0]);
    (batch[inputs.rows]!.data as Int32Array).forEach((position, token) => {
      const b = Math.floor(position / time);
      rows[first + b]![0] += losses[token]!;
      rows[first + b]![1]++;
      labels[b]!.push(Number(batch[inputs.labels]!.data[token]));
    });
    for (const each of labels) keys.push(String(hashNumbers([Int32Array.from(each)], each.length)));
  }
  return { ...sums, rows, keys };
}
