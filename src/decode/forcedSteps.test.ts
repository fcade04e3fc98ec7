import { describe, expect, it } from 'vitest';
import { largestError } from '../../test/support/closeTo.js';
import { randomModel, sources } from '../../test/support/randomModel.js';
import { modelVariants, smallTransformer, TARGET_VOCABULARY } from '../../test/support/seq2seqCases.js';
import { pairBatch, sourceBatch } from '../data/batching.js';
import { Documents } from '../data/documents.js';
import { packSequences } from '../data/sequences.js';
import { compileGraph } from '../engine/compileGraph.js';
import type { Feeds } from '../engine/feeds.js';
import { unwritten } from '../models/decoders/unwritten.js';
import { LanguageModel, languageModelInputs } from '../models/languageModel.js';
import { seq2seqInputs, Seq2Seq } from '../models/seq2seq.js';
import { logSoftmax } from '../ops/softmax.js';
import { randomBits, randomKey } from '../tensor/random.js';
import { START, UNKNOWN } from '../text/vocabulary.js';
import { DecoderPrograms } from './decoderPrograms.js';

/** Longer than the caches are at first. */
const LENGTH = 70;
const BEAM = 2;
const examples = Int32Array.of(0, 2);
/** The texts to write: of each example as many as it has beams. */
const texts = Array.from({ length: examples.length * BEAM }, (_, text) =>
  Array.from({ length: LENGTH }, (__, t) => {
    const first = UNKNOWN + 1;
    return first + (randomBits(randomKey(3, text), t) % (TARGET_VOCABULARY - first));
  }),
);

/** As inputs of teacher forcing. */
function forcedBatch(model: Seq2Seq | LanguageModel): Feeds {
  const targets = packSequences(texts);
  const all = Int32Array.from(texts.keys());
  if (model instanceof LanguageModel) return new Documents(targets).batch(all);
  const exampleOfPair = all.map((text) => examples[Math.floor(text / BEAM)]!);
  return { ...pairBatch({ sources, targets, exampleOfPair }, all) };
}

const positionOptions = [
  { positions: 'sinusoidal' },
  { positions: 'learned', maxLength: LENGTH + 1 },
  { positions: 'rotary' },
] as const;
type Variant = [name: string, make: () => Seq2Seq | LanguageModel];
const variants: Variant[] = [
  ...Object.entries(modelVariants).filter(([, make]) => make().maxLength > LENGTH),
  ...(['pre', 'post'] as const).flatMap((norm) =>
    positionOptions.flatMap((options): Variant[] => {
      const shared = { size: 8, heads: 2, layers: 2, norm, ...options };
      const name = `${norm}-norm, ${options.positions} positions`;
      return [
        [`Transformer: ${name}`, () => smallTransformer(shared)],
        [
          `language model: ${name}`,
          () => new LanguageModel({ ...shared, vocabularySize: TARGET_VOCABULARY }),
        ],
      ];
    }),
  ),
];

describe.each(variants)('%s', (_, make) => {
  it('gives every token at every step the log-probability that it has under teacher forcing', async () => {
    // Weights of the usual size: larger ones let rounding grow past what is asked.
    const { engine, model, parameters } = await randomModel(make(), 5, 1);
    const logits =
      model instanceof Seq2Seq ? model.logits(seq2seqInputs()) : model.logits(languageModelInputs());
    const program = await compileGraph(engine, { forced: logSoftmax(logits) }, parameters);
    const forced = (await program.run(program.pick(forcedBatch(model))))['forced']!.data;

    const programs = await DecoderPrograms.create(engine, model, parameters, Infinity);
    const generation = await programs.begin(sourceBatch(sources, examples));
    const stepwise: number[] = [];
    const expected: number[] = [];
    /** The texts in the order of the rows; each example begins with one row. */
    let order = [0, BEAM];
    for (let t = 0; t <= LENGTH; t++) {
      // Rows part, and then change places now and then, so that they continue what others have written.
      let parents = order.map((__, row) => row);
      if (t === 1) [order, parents] = [texts.map((__, text) => text), [0, 0, 1, 1]];
      if (t > 1 && t % 3 === 0) parents = [1, 0, 2, 3];
      if (t > 1 && t % 5 === 0) parents = [0, 1, 3, 2];
      if (t > 1) order = parents.map((row) => order[row]!);
      const candidates = await programs.step(generation, {
        batch: examples.length,
        beam: order.length / examples.length,
        ids: Int32Array.from(order, (text) => (t === 0 ? START : texts[text]![t - 1]!)),
        parents: Int32Array.from(parents),
      });
      order.forEach((text, row) => {
        for (const { token, logProbability } of candidates.of(row)) {
          stepwise.push(logProbability);
          expected.push(Number(forced[(text * (LENGTH + 1) + t) * TARGET_VOCABULARY + token]));
        }
      });
    }
    const written = TARGET_VOCABULARY - unwritten.length;
    expect(stepwise).toHaveLength((examples.length + texts.length * LENGTH) * written);
    expect(largestError(stepwise, expected)).toBeLessThanOrEqual(1e-5);
  });
});
