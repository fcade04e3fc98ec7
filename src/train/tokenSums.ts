import type { EvaluationData } from '../data/trainingData.js';
import type { TokenSums } from '../metrics/metrics.js';
import type { BatchProgram } from './batchProgram.js';

/** Sums over all tokens of some data, which the token metrics make figures of. */
export async function sumTokens(
  scorer: BatchProgram<'loss' | 'correct' | 'tokenLosses'>,
  data: EvaluationData,
  batchSize: number,
): Promise<TokenSums> {
  const sums = { loss: 0, correct: 0, tokens: 0 };
  for await (const { outputs } of scorer.run(data, batchSize)) {
    sums.loss += Number(outputs.loss.data[0]);
    sums.correct += Number(outputs.correct.data[0]);
    sums.tokens += outputs.tokenLosses.data.length;
  }
  return sums;
}
