import { expect, it } from 'vitest';
import { initialValues } from '../../test/support/seq2seqCases.js';
import { parametersOf } from '../nn/module.js';
import { constant } from '../tensor/tensor.js';
import { HiddenLayers } from './vectorEncoders.js';

it('hidden layers end in an activation, and have one layer at least', () => {
  const layers = new HiddenLayers({ inputSize: 3, hiddenSizes: [5, 4] });
  expect(Object.keys(initialValues(parametersOf(layers)))).toEqual([
    'layers.layers.0.weight',
    'layers.layers.0.bias',
    'layers.layers.1.weight',
    'layers.layers.1.bias',
  ]);
  const features = layers.forward(constant([1, 2, 3, 4, 5, 6], 'float32', [2, 3]));
  expect(features.shape).toEqual([2, 4]);
  expect(() => new HiddenLayers({ inputSize: 3, hiddenSizes: [] })).toThrow('hiddenSizes is empty');
});
