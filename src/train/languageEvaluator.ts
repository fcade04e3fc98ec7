import type { EvaluationData, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { languageModelInputs, type LanguageModel } from '../models/languageModel.js';
import { BatchProgram } from './batchProgram.js';
import { sumTokens, type TextSums } from './tokenSums.js';

/** Texts that a language model can be trained and measured on. */
export type LanguageData = TrainingData & EvaluationData;

/** Measures a language model. Its program is compiled when first needed and kept. */
export class LanguageEvaluator {
  private readonly scorer: BatchProgram<'loss' | 'correct' | 'tokenLosses'>;

  constructor(engine: Engine, model: LanguageModel, parameters: ReadonlyMap<string, HostTensor>) {
    this.scorer = new BatchProgram(engine, parameters, () => ({ ...model.score(languageModelInputs()) }));
  }

  /** Sums over all tokens of some texts, which the token metrics make figures of. */
  sums(data: EvaluationData, batchSize = 64): Promise<TextSums> {
    const inputs = { texts: 'targetInput', labels: 'labels', rows: 'targetRows' };
    return sumTokens(this.scorer, data, batchSize, inputs);
  }
}
