import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { evaluate } from '../../test/support/evaluate.js';
import { checkFixture } from '../../test/support/fixtureCheck.js';
import { readFixture } from '../../test/support/fixtures.js';
import { initialValues, seq2seqValues, smallSeq2Seq } from '../../test/support/seq2seqCases.js';
import { parametersOf } from '../nn/module.js';
import { input } from '../tensor/tensor.js';
import { coverageLoss } from './coverageLoss.js';
import { Seq2Seq } from './seq2seq.js';

const rows = input('rows', 'int32', ['tokens']);
const slots = input('slots', 'int32', ['batch*time']);

/** The places of real tokens for targets of given lengths among `time`. */
function places(lengths: readonly number[], time: number) {
  const real = lengths.flatMap((length, b) => Array.from({ length }, (_, t) => b * time + t));
  const slotOf = Array.from({ length: lengths.length * time }, (_, at) => real.indexOf(at) + 1);
  return {
    rows: { shape: [real.length], values: real },
    slots: { shape: [slotOf.length], values: slotOf },
  };
}

describe('the coverage loss', () => {
  const weights = input('weights', 'float32', ['batch', 'time', 'source']);

  it('is PyTorch’s, gradients included, and leaves padding out', async () => {
    const fixture = readFixture('coverage_loss/ragged');
    const [, time] = fixture['weights']!.shape;
    const inputs = places(Array.from(fixture['lengths']!.values), time!);
    const outputs = { coverage: coverageLoss(weights, rows, slots) };
    await checkFixture({ fixture, outputs, variables: { weights }, inputs }, 'float64', 1e-8);
  });

  it('is nothing for a first token, and all of what is repeated', async () => {
    const loss = coverageLoss(weights, rows, slots);
    const run = (values: number[], time: number) =>
      evaluate({ loss }, { weights: { shape: [1, time, 2], values }, ...places([time], time) });
    expect((await run([0.3, 0.7], 1))['loss']!.values).toEqual([0]);
    const twice = await run([0.25, 0.75, 0.25, 0.75, 1, 0], 3);
    expectClose(twice['loss'], { shape: [], values: [1 + 0.5] }, 1e-6);
  });
});

describe('a model with a coverage loss', () => {
  const options = { cell: 'gru', hiddenSize: 4 } as const;
  const build = (decoder: Seq2Seq['decoder'], weight: number) =>
    new Seq2Seq({ encoder: smallSeq2Seq(options).encoder, decoder, coverageLoss: weight });

  it('minimises it beside the loss that it reports', async () => {
    const objectiveOf = async (weight: number) => {
      const { decoder } = smallSeq2Seq({ ...options, attention: 'additive', coverage: true });
      const model = build(decoder, weight);
      const parameters = parametersOf(model);
      const { loss, objective } = model.traceLoss();
      const pairs = [{ source: [3, 1, 4], target: [1, 5, 6], labels: [5, 6, 2] }];
      const found = await evaluate(
        { loss, objective },
        { ...seq2seqValues(pairs), ...initialValues(parameters) },
        { precision: 'float64' },
      );
      return [found['loss']!.values[0]!, found['objective']!.values[0]!] as const;
    };
    const [loss, one] = await objectiveOf(1);
    const [same, two] = await objectiveOf(2);
    expect(same).toBe(loss);
    // Of three tokens two can repeat what came before, all of it at most.
    expect(one - loss).toBeGreaterThan(0.5);
    expect(one - loss).toBeLessThan(2);
    expect(two - loss).toBeCloseTo(2 * (one - loss), 10);
  });

  it('needs an attention', () => {
    expect(() => build(smallSeq2Seq(options).decoder, 1).traceLoss()).toThrow(
      'coverageLoss weighs what attention repeats; give the decoder an attention.',
    );
    expect(() => build(smallSeq2Seq(options).decoder, -1)).toThrow('coverageLoss is -1');
  });
});
