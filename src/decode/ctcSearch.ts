import type { SourceBatch } from '../data/batching.js';
import { compileGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import { BLANK, type CtcModel } from '../models/ctcModel.js';
import { sourceInputs } from '../models/encoders/encoder.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { ctcBeamSearch, ctcBestPath } from './ctcDecoding.js';
import type { Hypothesis } from './hypotheses.js';

/**
 * A search over a trained CTC model; its program is compiled once and serves any batch. With one beam each source gets
 * its best path (`ctcBestPath`), otherwise what `ctcBeamSearch` finds, best first.
 * @throws UserError unless `beam` is a whole number from 1.
 */
export async function createCtcSearch(
  engine: Engine,
  model: CtcModel,
  parameters: ReadonlyMap<string, HostTensor>,
  beam = 1,
): Promise<(batch: SourceBatch) => Promise<Hypothesis[][]>> {
  requireOptions('CTC beam search', 'a whole number from 1', { beam });
  const logProbabilities = model.logProbabilities(sourceInputs());
  const program = await compileGraph(engine, { logProbabilities }, parameters);
  return async (batch) => {
    const outputs = await program.run(program.pick({ ...batch }));
    const { shape, data } = outputs['logProbabilities']!;
    const [, time, classes] = shape as [number, number, number];
    return Array.from(batch.sourceLengths.data, (length, b) => {
      const start = b * time * classes;
      const values = (data as Float32Array).subarray(start, start + length * classes);
      const frames = { values, classes };
      return beam === 1
        ? [ctcBestPath(frames, { blank: BLANK })]
        : ctcBeamSearch(frames, { beam, blank: BLANK });
    });
  };
}
