import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/support/evaluate.js';
import { input } from '../../tensor/tensor.js';
import { UserError } from '../../tensor/errors.js';
import { parametersOf } from '../module.js';
import { ConvolutionalSubsampling, stridedLengths } from './subsampling.js';

const lengths = input('lengths', 'int32', ['batch']);

describe('convolutions over frames', () => {
  it('are the sums of the formula, and read nothing behind the end', async () => {
    const layer = new ConvolutionalSubsampling({
      bands: 1,
      convolutions: [{ channels: 1, kernel: 3 }],
      batchNorm: false,
    });
    parametersOf(layer);
    const outputs = layer.forward(input('frames', 'float32', ['batch', '2*steps', 1]), lengths);
    const found = await evaluate(
      { ...outputs },
      {
        'convolutions.0.weight': { shape: [1, 1, 3], values: [1, 10, 100] },
        'convolutions.0.bias': { shape: [1], values: [0.5] },
        frames: { shape: [3, 6, 1], values: [1, 2, 3, 4, 5, 9, 7, 9, 9, 9, 9, 9, 1, 2, -90, 4, 5, 6] },
        lengths: { shape: [3], values: [5, 1, 6] },
      },
    );
    expect(found['output']!.shape).toEqual([3, 3, 1]);
    // relu(0.5 + 1·before + 10·frame + 100·behind); of the third recording the place around −90 is below 0.
    expect(found['output']!.values).toEqual([210.5, 432.5, 54.5, 70.5, 0, 0, 210.5, 0, 654.5]);
    expect(found['mask']!.values).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 1]);
  });

  it('divide the time by the product of their strides, whether it is known or named', () => {
    const layer = new ConvolutionalSubsampling({
      bands: 4,
      convolutions: [{ channels: 3 }, { channels: 5, kernel: 5, stride: 3 }, { channels: 6, stride: 1 }],
    });
    parametersOf(layer);
    expect([layer.stride, layer.outputSize]).toEqual([6, 6]);
    const shapes = (time: string | number) => {
      const { output, mask } = layer.forward(input('frames', 'float32', ['batch', time, 4]), lengths);
      return [output.shape, mask.shape];
    };
    expect(shapes('6*steps')).toEqual([
      ['batch', 'steps', 6],
      ['batch', 'steps'],
    ]);
    expect(shapes(13)).toEqual([
      ['batch', 3, 6],
      ['batch', 3],
    ]);
    expect(() => shapes('time')).toThrow("the size of 'time'");
    expect(() => layer.forward(input('frames', 'float32', ['batch', 6, 3]), lengths)).toThrow(
      'takes frames [batch, time, 4], got float32[batch, 6, 3]',
    );
  });

  it('leave ⌈length ÷ stride⌉ frames', async () => {
    const left = { three: stridedLengths(lengths, 3), one: stridedLengths(lengths, 1) };
    const { three, one } = await evaluate(left, { lengths: { shape: [5], values: [0, 1, 3, 4, 7] } });
    expect(three!.values).toEqual([0, 1, 1, 2, 3]);
    expect(one!.values).toEqual([0, 1, 3, 4, 7]);
  });

  it('refuse what cannot be', () => {
    const make = (convolutions: { channels: number; kernel?: number; stride?: number }[]) => () =>
      new ConvolutionalSubsampling({ bands: 4, convolutions });
    expect(make([])).toThrow(
      new UserError('ConvolutionalSubsampling: convolutions is 0; it must be a whole number from 1.'),
    );
    expect(make([{ channels: 3 }, { channels: 3, kernel: 4 }])).toThrow(
      'convolutions[1].kernel is 4; it must be odd',
    );
    expect(make([{ channels: 3, stride: 0 }])).toThrow('convolutions[0].stride is 0');
  });
});
