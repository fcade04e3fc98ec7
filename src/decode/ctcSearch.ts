import type { SourceBatch } from '../data/batching.js';
import { compileGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import { BLANK, ctcSource, type CtcModel } from '../models/ctcModel.js';
import { readsFrames } from '../models/encoders/frameEncoder.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { ctcBeamSearch, ctcBestPath } from './ctcDecoding.js';
import type { Hypothesis } from './hypotheses.js';

/**
 * A search over a trained CTC model; its program is compiled once and serves any batch, of texts (`sourceBatch`) or recordings
 * (`FrameSequences`). With one beam each source gets its best path (`ctcBestPath`), otherwise what `ctcBeamSearch` finds, best
 * first.
 * @throws UserError unless `beam` is a whole number from 1.
 */
export async function createCtcSearch(
  engine: Engine,
  model: CtcModel,
  parameters: ReadonlyMap<string, HostTensor>,
  beam = 1,
): Promise<(batch: SourceBatch | Feeds) => Promise<Hypothesis[][]>> {
  requireOptions('CTC beam search', 'a whole number from 1', { beam });
  const { encoder, stride } = model;
  const logProbabilities = model.logProbabilities(ctcSource(encoder));
  const program = await compileGraph(engine, { logProbabilities }, parameters);
  const lengthsName = readsFrames(encoder) ? 'frameLengths' : 'sourceLengths';
  return async (batch) => {
    const feeds: Feeds = { ...batch };
    const outputs = await program.run(program.pick(feeds));
    const { shape, data } = outputs['logProbabilities']!;
    const [, time, classes] = shape as [number, number, number];
    return Array.from(feeds[lengthsName]!.data as Int32Array, (length, b) => {
      const start = b * time * classes;
      const end = start + Math.ceil(length / stride) * classes;
      const values = (data as Float32Array).subarray(start, end);
      const frames = { values, classes };
      return beam === 1
        ? [ctcBestPath(frames, { blank: BLANK })]
        : ctcBeamSearch(frames, { beam, blank: BLANK });
    });
  };
}
