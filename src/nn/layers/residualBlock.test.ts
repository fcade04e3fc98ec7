import { expect, it } from 'vitest';
import { checkFixture } from '../../../test/support/fixtureCheck.js';
import { readFixture } from '../../../test/support/fixtures.js';
import { UserError } from '../../tensor/errors.js';
import { input } from '../../tensor/tensor.js';
import { inTraining } from '../mode.js';
import { parametersOf } from '../module.js';
import { ResidualBlock } from './residualBlock.js';

it.each([
  ['float64', 1e-8],
  ['float32', 1e-5],
] as const)(
  'is the same made of PyTorch’s parts, gradients included, in %s',
  async (precision, tolerance) => {
    const fixture = readFixture('convolution/residual-block');
    const block = new ResidualBlock({ axes: 2, inputChannels: 2, channels: 3, stride: 2 });
    const trained = [...parametersOf(block)].filter(([, { trainable }]) => trainable);
    const x = input('x', 'float32', ['batch', 2, 6, 5]);
    const outputs = { y: inTraining(() => block.forward(x)) };
    const variables = { ...Object.fromEntries(trained), x };
    await checkFixture({ fixture, outputs, variables }, precision, tolerance);
  },
);

it('carries the input past as it is where sizes stay', () => {
  const names = (options: { inputChannels: number; batchNorm?: boolean }) => [
    ...parametersOf(new ResidualBlock({ axes: 1, channels: 4, ...options })).keys(),
  ];
  expect(names({ inputChannels: 4, batchNorm: false })).toEqual([
    'first.weight',
    'first.bias',
    'second.weight',
    'second.bias',
  ]);
  expect(names({ inputChannels: 3 }).filter((name) => name.startsWith('shortcut'))).toHaveLength(5);
});

it('refuses what cannot be', () => {
  const options = { axes: 1, inputChannels: 2, channels: 2 } as const;
  expect(() => new ResidualBlock({ ...options, kernel: 4 })).toThrow(
    new UserError('ResidualBlock: kernel is 4; it must be odd, so that sizes stay.'),
  );
  expect(() => new ResidualBlock({ ...options, axes: 3 as 2 })).toThrow('axes is 3; it must be 1 or 2.');
  expect(() => new ResidualBlock({ ...options, channels: 0 })).toThrow('channels is 0');
});
