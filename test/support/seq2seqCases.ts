import {
  RecurrentDecoder,
  type RecurrentDecoderOptions,
} from '../../src/models/decoders/recurrentDecoder.js';
import { TransformerDecoder } from '../../src/models/decoders/transformerDecoder.js';
import type { Encoder } from '../../src/models/encoders/encoder.js';
import { ConvolutionalEncoder } from '../../src/models/encoders/convolutionalEncoder.js';
import { RecurrentEncoder } from '../../src/models/encoders/recurrentEncoder.js';
import { TransformerEncoder, type TransformerOptions } from '../../src/models/encoders/transformerEncoder.js';
import { Seq2Seq } from '../../src/models/seq2seq.js';
import type { CellType } from '../../src/nn/layers/cells.js';
import type { Parameter } from '../../src/nn/module.js';
import { hashText, randomKey } from '../../src/tensor/random.js';
import type { Value, Values } from './evaluate.js';

/** Sequences of ids, padded to a common length with 0. */
function padded(sequences: readonly (readonly number[])[], time: number): Value {
  const values = sequences.flatMap((ids) => [...ids, ...new Array<number>(time - ids.length).fill(0)]);
  return { shape: [sequences.length, time], values };
}

/** Pairs of a source, what the decoder reads (START and the target) and the labels (the target and END). */
export interface Pair {
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly labels: readonly number[];
}

/** The inputs of `seq2seqInputs` for pairs, with `sourcePadding` and `targetPadding` more positions than needed. */
export function seq2seqValues(pairs: readonly Pair[], sourcePadding = 0, targetPadding = 0): Values {
  const sourceTime = Math.max(1, ...pairs.map((pair) => pair.source.length)) + sourcePadding;
  const time = Math.max(...pairs.map((pair) => pair.target.length)) + targetPadding;
  const rows = pairs.flatMap(({ target }, b) => target.map((_, t) => b * time + t));
  const slots = new Array<number>(pairs.length * time).fill(0);
  rows.forEach((row, i) => (slots[row] = i + 1));
  return {
    source: padded(
      pairs.map((pair) => pair.source),
      sourceTime,
    ),
    sourceLengths: { shape: [pairs.length], values: pairs.map((pair) => pair.source.length) },
    targetInput: padded(
      pairs.map((pair) => pair.target),
      time,
    ),
    targetRows: { shape: [rows.length], values: rows },
    targetSlots: { shape: [slots.length], values: slots },
    labels: { shape: [rows.length], values: pairs.flatMap((pair) => pair.labels) },
  };
}

/** The pairs of a fixture made by test/fixtures/seq2seq.py. */
export function fixturePairs(fixture: Values): Pair[] {
  const row = (name: string, b: number, length: number) => {
    const { shape, values } = fixture[name]!;
    return Array.from({ length }, (_, t) => values[b * shape[1]! + t]!);
  };
  const sourceLengths = Array.from(fixture['source_lengths']!.values);
  return sourceLengths.map((length, b) => {
    const targetLength = fixture['target_lengths']!.values[b]!;
    return {
      source: row('source', b, length),
      target: row('target_input', b, targetLength),
      labels: row('labels', b, targetLength),
    };
  });
}

interface Variant extends Pick<
  RecurrentDecoderOptions,
  'activation' | 'attention' | 'inputFeeding' | 'coverage' | 'scheduledSampling'
> {
  readonly cell: CellType;
  readonly hiddenSize: number;
  readonly decoderSize?: number;
  readonly bidirectional?: boolean;
  readonly layers?: number;
  readonly dropout?: number;
}

export const SOURCE_VOCABULARY = 7;
export const TARGET_VOCABULARY = 8;

/** A small encoder–decoder; the sizes that all fixtures share. */
export function smallSeq2Seq({
  cell,
  hiddenSize,
  decoderSize,
  bidirectional,
  layers,
  dropout,
  activation,
  ...rest
}: Variant): Seq2Seq {
  const shared = { cell, activation, embeddingSize: 4, layers, dropout };
  return new Seq2Seq({
    encoder: new RecurrentEncoder({
      ...shared,
      vocabularySize: SOURCE_VOCABULARY,
      hiddenSize,
      bidirectional,
    }),
    decoder: new RecurrentDecoder({
      ...shared,
      vocabularySize: TARGET_VOCABULARY,
      hiddenSize: decoderSize ?? hiddenSize,
      ...rest,
    }),
  });
}

/** The models of test/fixtures/seq2seq.py. */
export const fixtureModels: Readonly<Record<string, () => Seq2Seq>> = {
  'lstm-general': () => smallSeq2Seq({ cell: 'lstm', hiddenSize: 5, attention: 'general' }),
  'bidirectional-gru-general': () =>
    smallSeq2Seq({ cell: 'gru', hiddenSize: 4, bidirectional: true, decoderSize: 6, attention: 'general' }),
  'gru-additive-input-feeding': () =>
    smallSeq2Seq({ cell: 'gru', hiddenSize: 5, attention: 'additive', inputFeeding: true }),
  'gru-additive-coverage': () =>
    smallSeq2Seq({ cell: 'gru', hiddenSize: 5, attention: 'additive', coverage: true }),
};

/** A small Transformer encoder–decoder. */
export function smallTransformer(options: Partial<TransformerOptions> = {}): Seq2Seq {
  const shared = { size: 6, heads: 2, layers: 2, ...options };
  return new Seq2Seq({
    encoder: new TransformerEncoder({ ...shared, vocabularySize: SOURCE_VOCABULARY }),
    decoder: new TransformerDecoder({ ...shared, vocabularySize: TARGET_VOCABULARY }),
  });
}

/** A convolutional encoder with batch normalisation and a Transformer decoder. */
function smallConvolutional(): Seq2Seq {
  const shared = { vocabularySize: SOURCE_VOCABULARY, embeddingSize: 4, channels: 6 };
  return new Seq2Seq({
    encoder: new ConvolutionalEncoder({ ...shared, layers: 2, batchNorm: true }),
    decoder: new TransformerDecoder({ size: 6, heads: 2, layers: 1, vocabularySize: TARGET_VOCABULARY }),
  });
}

/** A recurrent decoder behind an encoder that has no final states. */
function recurrentOver(encoder: Encoder, options: Omit<Variant, 'bidirectional' | 'decoderSize'>): Seq2Seq {
  return new Seq2Seq({
    encoder,
    decoder: new RecurrentDecoder({ ...options, vocabularySize: TARGET_VOCABULARY, embeddingSize: 4 }),
  });
}

const bidirectional = { layers: 2, hiddenSize: 3, bidirectional: true, decoderSize: 5 };
/** Encoder–decoders of every kind of cell, attention and direction. */
export const modelVariants: Readonly<Record<string, () => Seq2Seq>> = {
  'lstm, 2 layers, bidirectional, general': () =>
    smallSeq2Seq({ cell: 'lstm', ...bidirectional, attention: 'general' }),
  'gru, 2 layers, bidirectional, additive': () =>
    smallSeq2Seq({ cell: 'gru', ...bidirectional, attention: 'additive' }),
  'gru, bidirectional, dot, without a bridge': () =>
    smallSeq2Seq({ cell: 'gru', hiddenSize: 3, bidirectional: true, decoderSize: 6, attention: 'dot' }),
  'rnn, general, input feeding': () =>
    smallSeq2Seq({ cell: 'rnn', hiddenSize: 5, attention: 'general', inputFeeding: true }),
  'lstm, 2 layers, additive, input feeding': () =>
    smallSeq2Seq({ cell: 'lstm', layers: 2, hiddenSize: 5, attention: 'additive', inputFeeding: true }),
  'gru, additive with coverage': () =>
    smallSeq2Seq({ cell: 'gru', hiddenSize: 4, attention: 'additive', coverage: true }),
  'lstm, additive with coverage, input feeding': () =>
    smallSeq2Seq({ cell: 'lstm', hiddenSize: 5, attention: 'additive', coverage: true, inputFeeding: true }),
  'gru without attention': () => smallSeq2Seq({ cell: 'gru', layers: 2, hiddenSize: 4 }),
  'Transformer, pre-norm, sinusoidal': () => smallTransformer({ norm: 'pre', activation: 'gelu' }),
  'Transformer, post-norm, learned positions': () =>
    smallTransformer({ norm: 'post', positions: 'learned', maxLength: 20 }),
  'Transformer, rotary positions': () => smallTransformer({ size: 8, positions: 'rotary' }),
  'convolutional encoder, batch normalisation': smallConvolutional,
  'rnn with relu, additive': () =>
    smallSeq2Seq({ cell: 'rnn', activation: 'relu', hiddenSize: 4, attention: 'additive' }),
  'lstm of 2 layers, dot, over a Transformer encoder': () =>
    recurrentOver(
      new TransformerEncoder({ size: 6, heads: 2, layers: 1, vocabularySize: SOURCE_VOCABULARY }),
      { cell: 'lstm', layers: 2, hiddenSize: 6, attention: 'dot' },
    ),
  'gru, general, input feeding, over a convolutional encoder': () =>
    recurrentOver(
      new ConvolutionalEncoder({
        vocabularySize: SOURCE_VOCABULARY,
        embeddingSize: 4,
        channels: 6,
        layers: 1,
      }),
      { cell: 'gru', hiddenSize: 5, attention: 'general', inputFeeding: true },
    ),
  'gru without attention over a Transformer encoder': () =>
    recurrentOver(
      new TransformerEncoder({ size: 6, heads: 2, layers: 1, vocabularySize: SOURCE_VOCABULARY }),
      { cell: 'gru', hiddenSize: 5 },
    ),
};

/** First values of a model's parameters, by their names. */
export function initialValues(parameters: ReadonlyMap<string, Parameter>, seed = 1): Values {
  return Object.fromEntries(
    [...parameters].map(([name, { shape, size, initializer }]) => {
      const values = new Float32Array(size);
      initializer(values, randomKey(seed, hashText(name)), shape);
      return [name, { shape, values }];
    }),
  );
}
