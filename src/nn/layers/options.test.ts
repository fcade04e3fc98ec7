import { expect, it } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import { AdditiveAttention, createAttention, GeneralAttention, type AttentionType } from './attention.js';
import { createCell, GRUCell, RNNCell, type CellType } from './cells.js';
import { Dropout, VariationalDropout } from './dropout.js';
import { Embedding } from './embedding.js';
import { FeatureLayer } from './feature.js';
import { LayerNorm } from './layerNorm.js';
import { Linear } from './linear.js';
import { AttentionPooling } from './pooling.js';
import { GRU, LSTM, RNN } from './recurrent.js';

const sizes = { inputSize: 3, hiddenSize: 4 };
const whole = 'a whole number from 1';

const refused: Record<string, () => unknown> = {
  [`Linear: outputSize is -3; it must be ${whole}.`]: () => new Linear(4, -3),
  [`Linear: inputSize is 2.5; it must be ${whole}.`]: () => new Linear(2.5, 3),
  [`FeatureLayer: inputSize is 0; it must be ${whole}.`]: () => new FeatureLayer(0, 3),
  "FeatureLayer: activation is 'swish'; it must be 'relu', 'gelu', 'tanh' or 'sigmoid'.": () =>
    new FeatureLayer(2, 3, { activation: 'swish' as 'relu' }),
  [`Embedding: vocabularySize is NaN; it must be ${whole}.`]: () => new Embedding(NaN, 3),
  [`LayerNorm: size is 0; it must be ${whole}.`]: () => new LayerNorm(0),
  'LayerNorm: epsilon is 0; it must be a finite number above 0.': () => new LayerNorm(2, 0),
  [`GeneralAttention: memorySize is 0; it must be ${whole}.`]: () => new GeneralAttention(2, 0),
  [`AdditiveAttention: size is -1; it must be ${whole}.`]: () => new AdditiveAttention(2, 2, -1),
  [`AttentionPooling: size is 0; it must be ${whole}.`]: () => new AttentionPooling(2, 0),
  [`GRUCell: hiddenSize is Infinity; it must be ${whole}.`]: () => new GRUCell(2, Infinity),
  "RNNCell: activation is 'gelu'; it must be 'tanh' or 'relu'.": () => new RNNCell(2, 2, 'gelu' as 'relu'),
  [`LSTM: hiddenSize is undefined; it must be ${whole}.`]: () => new LSTM({ inputSize: 3 } as typeof sizes),
  [`GRU: layers is 0; it must be ${whole}.`]: () => new GRU({ ...sizes, layers: 0 }),
  'RNN: dropout is 1; it must be at least 0 and below 1.': () => new RNN({ ...sizes, dropout: 1 }),
  'Dropout: rate is -0.5; it must be at least 0 and below 1.': () => new Dropout(-0.5),
  'VariationalDropout: rate is NaN; it must be at least 0 and below 1.': () => new VariationalDropout(NaN),
  "createCell: type is 'gruu'; it must be 'rnn', 'lstm' or 'gru'.": () =>
    createCell('gruu' as CellType, 2, 2),
  "createAttention: type is 'luong'; it must be 'additive', 'dot' or 'general'.": () =>
    createAttention('luong' as AttentionType, 2, 2),
};

it.each(Object.entries(refused))('%s', (message, build) => {
  expect(build).toThrow(new UserError(message));
});
