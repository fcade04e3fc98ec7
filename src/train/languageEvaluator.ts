import type { TrainingData } from '../data/trainingData.js';
import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { TokenSums } from '../metrics/metrics.js';
import { languageModelInputs, type LanguageModel } from '../models/languageModel.js';

/** Texts that a language model can be measured on. */
export interface LanguageData extends TrainingData {
  /** All of it once, in a fixed order. */
  planEvaluation(batchSize: number): Int32Array[];
}

/** Measures a language model: sums over all tokens of some texts, which the token metrics make figures of. */
export class LanguageEvaluator {
  private program: Promise<CompiledGraph> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly model: LanguageModel,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
  ) {}

  async sums(data: LanguageData, batchSize = 64): Promise<TokenSums> {
    this.program ??= compileGraph(
      this.engine,
      { ...this.model.score(languageModelInputs()) },
      this.parameters,
    );
    const program = await this.program;
    const sums = { loss: 0, correct: 0, tokens: 0 };
    for (const indices of data.planEvaluation(batchSize)) {
      const { loss, correct, tokenLosses } = await program.run(program.pick(data.batch(indices)));
      sums.loss += Number(loss!.data[0]);
      sums.correct += Number(correct!.data[0]);
      sums.tokens += tokenLosses!.data.length;
    }
    return sums;
  }
}
