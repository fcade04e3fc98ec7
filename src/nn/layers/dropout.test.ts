import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/support/evaluate.js';
import { gradients } from '../../autodiff/gradients.js';
import { exportGraph } from '../../onnx/exportGraph.js';
import { sum } from '../../ops/reduce.js';
import { input } from '../../tensor/tensor.js';
import { inTraining, isTraining } from '../mode.js';
import { Dropout, VariationalDropout } from './dropout.js';

const sequence = () => input('x', 'float32', ['time', 'batch', 2]);

describe('dropout', () => {
  it('does nothing outside of training, or at rate 0', () => {
    const x = sequence();
    expect(new Dropout(0.5).forward(x)).toBe(x);
    expect(inTraining(() => new Dropout(0).forward(x))).toBe(x);
  });

  it('takes a mask for each value, and for each sequence when it is variational', () => {
    const masks = [new Dropout(0.5), new VariationalDropout(0.25)].map((dropout, i) => {
      dropout.attach(`encoder.dropout${i}`);
      const { inputs } = exportGraph({ y: inTraining(() => dropout.forward(sequence())) });
      return inputs.filter((value) => value.kind === 'mask');
    });
    const [rate0, rate1] = [0.5, 0.25];
    expect(masks.flat()).toMatchObject([
      {
        name: 'mask.encoder.dropout0',
        shape: ['time', 'batch', 2],
        mask: { rate: rate0, site: 'encoder.dropout0' },
      },
      {
        name: 'mask.encoder.dropout1',
        shape: [1, 'batch', 2],
        mask: { rate: rate1, site: 'encoder.dropout1' },
      },
    ]);
  });

  it('multiplies values and gradients by the mask', async () => {
    const x = sequence();
    const y = inTraining(() => new VariationalDropout(0.5).forward(x));
    const [gradient] = gradients(sum(y), [x]);
    const results = await evaluate(
      { y, gradient: gradient! },
      {
        x: { shape: [2, 1, 2], values: [1, 2, 3, 4] },
        'mask.dropout': { shape: [1, 1, 2], values: [0, 2] },
      },
    );
    expect(results['y']!.values).toEqual([0, 4, 0, 8]);
    expect(results['gradient']!.values).toEqual([0, 2, 0, 2]);
  });

  it('needs a rate in [0, 1) and the dim that tells examples apart', () => {
    for (const rate of [-0.1, 1, NaN])
      expect(() => new Dropout(rate)).toThrow(`Dropout: rate is ${rate}; it must be at least 0 and below 1.`);
    const dropout = new Dropout(0.5);
    dropout.attach('decoder.outputDropout');
    expect(() => inTraining(() => dropout.forward(input('x', 'float32', ['tokens', 2])))).toThrow(
      "decoder.outputDropout: dropout: needs the dim 'batch' to tell examples apart, got [tokens, 2]; apply it before packing rows.",
    );
  });

  it('says where to keep layers when two of them were not found', () => {
    const twice = () => new Dropout(0.5).forward(new Dropout(0.5).forward(sequence()));
    expect(() => exportGraph({ y: inTraining(twice) })).toThrow(
      "The dropout layer 'dropout' is applied twice in one graph; give each place a layer of its own, in an ordinary field (not #private) or an array.",
    );
  });

  it('is off again after an error in training mode', () => {
    expect(() =>
      inTraining(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(isTraining()).toBe(false);
  });
});
