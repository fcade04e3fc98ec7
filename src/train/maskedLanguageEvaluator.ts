import { countOf, lengthOf, packSequences, type TokenSequences } from '../data/sequences.js';
import { TextExamples } from '../data/textExamples.js';
import { tagLabels } from '../data/tokenLabels.js';
import type { EvaluationData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { MaskedLanguageModel } from '../models/maskedLanguageModel.js';
import { BatchProgram } from './batchProgram.js';
import { sumTokens, type TextSums } from './tokenSums.js';

/** What may stand at a masked token. */
export interface MaskGuess {
  /** Position in the text. */
  readonly position: number;
  /** Ids, the likeliest first. */
  readonly tokens: readonly number[];
  /** p of each. */
  readonly probabilities: readonly number[];
}

/** Measures a masked language model, and has it fill in masks. Programs are compiled when first needed and kept. */
export class MaskedLanguageEvaluator {
  private readonly scorer: BatchProgram<'loss' | 'correct' | 'tokenLosses'>;
  private readonly guessers = new Map<number, BatchProgram<'tokens' | 'probabilities'>>();

  constructor(
    private readonly engine: Engine,
    private readonly model: MaskedLanguageModel,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
  ) {
    this.scorer = new BatchProgram(engine, parameters, () => ({ ...model.score() }));
  }

  /** Sums over all tokens to guess, which the token metrics make figures of. */
  sums(data: EvaluationData, batchSize = 64): Promise<TextSums> {
    const inputs = { texts: 'source', labels: 'masked', rows: 'maskedRows' };
    return sumTokens(this.scorer, data, batchSize, inputs);
  }

  /**
   * Guesses what stands at the masks of some texts, one list a text.
   * @param mask id of the mask. @param options `count` guesses of each, 1 by default.
   */
  async fill(
    texts: TokenSequences,
    mask: number,
    { count = 1, batchSize = 64 }: { readonly count?: number; readonly batchSize?: number } = {},
  ): Promise<MaskGuess[][]> {
    const positions = Array.from({ length: countOf(texts) }, (_, i) =>
      Array.from({ length: lengthOf(texts, i) }, (__, t) => t).filter(
        (t) => texts.ids[texts.offsets[i]! + t] === mask,
      ),
    );
    const marks = packSequences(
      positions.map((masked, i) => {
        const row = new Int32Array(lengthOf(texts, i)).fill(-1);
        for (const t of masked) row[t] = mask;
        return row;
      }),
    );
    const data = new TextExamples(texts, [tagLabels(texts, marks, 'masked')]);
    const guesses: MaskGuess[][] = [];
    for await (const { indices, outputs } of this.guesser(count).run(data, batchSize)) {
      let row = 0;
      for (const index of indices)
        guesses[index] = positions[index]!.map((position) => {
          const part = ({ data: values }: HostTensor) =>
            Array.from(values.slice(row * count, (row + 1) * count), Number);
          const guess = {
            position,
            tokens: part(outputs.tokens),
            probabilities: part(outputs.probabilities),
          };
          row++;
          return guess;
        });
    }
    return guesses;
  }

  private guesser(count: number): BatchProgram<'tokens' | 'probabilities'> {
    let guesser = this.guessers.get(count);
    if (!guesser) {
      guesser = new BatchProgram(this.engine, this.parameters, () => this.model.guesses(count));
      this.guessers.set(count, guesser);
    }
    return guesser;
  }
}
