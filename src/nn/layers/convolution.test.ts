import { describe, expect, it } from 'vitest';
import { checkFixture, parametersByFixtureName } from '../../../test/support/fixtureCheck.js';
import { evaluate } from '../../../test/support/evaluate.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { initialValues } from '../../../test/support/seq2seqCases.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { parametersOf } from '../module.js';
import { Conv1d, Conv2d } from './convolution.js';

const layers = {
  conv1d: () => new Conv1d(3, 4, 3, { stride: 2, padding: 1, dilation: 2 }),
  'conv1d-same': () => new Conv1d(3, 2, 4, { padding: 'same' }),
  conv2d: () => new Conv2d(2, 3, 3, { padding: 1 }),
  'conv2d-strided': () => new Conv2d(2, 3, [2, 3], { stride: [2, 3], padding: [1, 0] }),
} as const;

describe.each(Object.entries(layers))('%s', (name, create) => {
  it.each([
    ['float64', 1e-8],
    ['float32', 1e-5],
  ] as const)('is PyTorch’s, gradients included, in %s', async (precision, tolerance) => {
    const fixture = readFixture(`convolution/${name}`);
    const layer = create();
    const [, channels, ...space] = fixture['x']!.shape;
    const x = input('x', 'float32', ['batch', channels!, ...space]);
    const variables = { ...parametersByFixtureName(layer, fixture), x };
    await checkFixture({ fixture, outputs: { y: layer.forward(x) }, variables }, precision, tolerance);
  });
});

it('starts uniform in ±1/√(inputs · places), as PyTorch', () => {
  const values = initialValues(parametersOf(new Conv2d(4, 50, 5)));
  for (const name of ['weight', 'bias']) {
    const sizes = Array.from(values[name]!.values, Math.abs);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...sizes)).toBeGreaterThan(0.09);
  }
});

it('reads sequences of any length where it keeps it', async () => {
  const layer = new Conv1d(1, 1, 3, {
    padding: 'same',
    bias: false,
    initializer: (values) => void values.set([1, 10, 100]),
  });
  const parameters = initialValues(parametersOf(layer));
  const y = layer.forward(input('x', 'float32', ['batch', 1, 'time']));
  for (const [values, expected] of [
    [[7], [70]],
    [
      [1, 2, 3],
      [210, 321, 32],
    ],
  ] as const) {
    const x = { shape: [1, 1, values.length], values };
    expect((await evaluate({ y }, { ...parameters, x }))['y']!.values).toEqual(expected);
  }
});

it('refuses what cannot be', () => {
  const message = (text: string) => new UserError(text);
  expect(() => new Conv1d(0, 1, 3)).toThrow(
    message('Conv1d: inputChannels is 0; it must be a whole number from 1.'),
  );
  expect(() => new Conv2d(1, 1, 3, { padding: -1 })).toThrow('Conv2d: padding is -1');
  expect(() => new Conv2d(1, 1, [3, 0])).toThrow('Conv2d: kernel[1] is 0');
  expect(() => new Conv2d(1, 1, 3, { stride: [1, 1, 1] })).toThrow(
    message('Conv2d: stride has 3 numbers; give one, or one for each of 2 axes.'),
  );
  const x = input('x', 'float32', ['batch', 2, 'time']);
  expect(() => new Conv1d(3, 1, 3, { padding: 'same' }).forward(x)).toThrow('takes 3 channels');
  expect(() => new Conv1d(2, 1, 3).forward(x)).toThrow("take stride 1 and padding 'same'");
  expect(() => new Conv1d(2, 1, 3, { padding: 'same', stride: 2 }).forward(x)).toThrow('needs stride 1');
  expect(() => new Conv2d(2, 1, 3).forward(x)).toThrow('takes [batch, channels, height, width]');
  const small = input('small', 'float32', ['batch', 2, 2]);
  expect(() => new Conv1d(2, 1, 4).forward(small)).toThrow(
    'a window of 4 does not fit into axis 2 of [batch, 2, 2]',
  );
});
