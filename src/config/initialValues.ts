import type { HostTensor } from '../engine/engine.js';
import { ConvolutionalEncoder } from '../models/encoders/convolutionalEncoder.js';
import { RecurrentFrameEncoder, TransformerFrameEncoder } from '../models/encoders/frameEncoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { TransformerEncoder } from '../models/encoders/transformerEncoder.js';
import { LanguageModel } from '../models/languageModel.js';
import {
  gaussian,
  given,
  kaimingGaussian,
  kaimingUniform,
  orthogonal,
  uniform,
  xavierGaussian,
  xavierUniform,
  type Initializer,
} from '../nn/initializers.js';
import { Embedding } from '../nn/layers/embedding.js';
import { modulesOf, parametersOf, type Module } from '../nn/module.js';
import { sameShape, showShape } from '../tensor/dim.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { InitialConfig, WeightsConfig } from './initialSchema.js';

/** Encodings that are known before the training data are read: those of a run that the model starts from. */
export interface KnownEncodings {
  /** Of what sequence-to-sequence and CTC models read. */
  readonly source?: TextEncoding;
  /** Of what they write. */
  readonly target?: TextEncoding;
  /** Of the texts of the other tasks. */
  readonly text?: TextEncoding;
}

/** A trained model that another one starts from. */
export interface Pretrained {
  /** Of its run directory, for messages. */
  readonly path: string;
  readonly model: Module;
  readonly encodings: KnownEncodings;
  readonly values: Readonly<Record<string, HostTensor>>;
}

/**
 * The encodings that a model must have to start from a run: of what it reads, and where the whole model is taken over of
 * what it writes.
 * @throws UserError when the run reads no text.
 */
export function knownEncodings(
  { path, encodings: { source, target, text } }: Pretrained,
  part: InitialConfig['part'],
): KnownEncodings {
  const read = source ?? text;
  if (!read)
    throw new UserError(
      `training.initial.run: the model of ${path} reads no tokens, so there are none to take over.`,
    );
  return { source: read, text: read, ...(part === 'model' && { target: target ?? read }) };
}

/** Has all matrices of a model be drawn in one way. It counts when the values are drawn: before a trainer is made. */
export function drawWeights(model: Module, weights: WeightsConfig): void {
  const initializer = initializerOf(weights);
  for (const parameter of parametersOf(model).values())
    if (parameter.trainable && parameter.shape.length > 1) parameter.startFrom(initializer);
}

function initializerOf(weights: WeightsConfig): Initializer {
  switch (weights.type) {
    case 'gaussian':
      return gaussian(weights.deviation);
    case 'uniform':
      return uniform(weights.bound);
    case 'xavier-uniform':
      return xavierUniform;
    case 'xavier-gaussian':
      return xavierGaussian;
    case 'kaiming-uniform':
      return kaimingUniform;
    case 'kaiming-gaussian':
      return kaimingGaussian;
    case 'orthogonal':
      return orthogonal(weights.gain);
  }
}

/**
 * Has a model, or its text encoder, start from the values of a trained one.
 * @throws UserError when a model has no text encoder, and naming the parameters that differ.
 */
export function takeOver(model: Module, pretrained: Pretrained, part: InitialConfig['part']): void {
  const { path, values } = pretrained;
  const [into, from] =
    part === 'model' ? ['', ''] : [encoderPath(model, 'The model'), encoderPath(pretrained.model, path)];
  const own = [...parametersOf(model)].filter(([name]) => name.startsWith(into));
  const misfits: string[] = [];
  for (const [name, parameter] of own) {
    const value = values[from + name.slice(into.length)];
    if (value && sameShape(value.shape, parameter.shape)) {
      parameter.startFrom(given(value.data as Float32Array));
      continue;
    }
    const shape = showShape(parameter.shape);
    misfits.push(value ? `${name} is ${shape}, there ${showShape(value.shape)}` : `${name} is not there`);
  }
  if (misfits.length > 0)
    throw new UserError(
      `training.initial.run: ${path} does not fit: ${misfits.slice(0, SHOWN).join('; ')}${misfits.length > SHOWN ? ` (${misfits.length} misfits in all)` : ''}. ${
        part === 'model'
          ? 'Describe the same model, or take the encoder alone (training.initial.part).'
          : 'Give model.encoder the keys that it has in the config.yaml of that run.'
      }`,
    );
}

/** Misfits that a message names. */
const SHOWN = 3;

/** The embedding of the text that a model reads. @throws UserError when it has none. */
export function textEmbedding(model: Module): Embedding {
  const reader = model instanceof LanguageModel ? model : encoders(model)[0]?.[1];
  const found = reader && [...modulesOf(reader).values()].find((each) => each instanceof Embedding);
  if (!found)
    throw new UserError('training.initial.vectors: the model reads no text. Leave the vectors out.');
  return found;
}

/** Where the parameters of the encoder of texts or recordings stand in a model: 'encoder.'. */
function encoderPath(model: Module, name: string): string {
  const found = encoders(model)[0];
  if (!found) throw new UserError(`training.initial.run: ${name} has no text encoder to take over.`);
  return `${found[0]}.`;
}

/** The encoders of texts or recordings of a model by path, in the order of its fields. */
function encoders(model: Module): [string, Module][] {
  const types = [
    ...[RecurrentEncoder, TransformerEncoder, ConvolutionalEncoder],
    ...[RecurrentFrameEncoder, TransformerFrameEncoder],
  ];
  return [...modulesOf(model)].filter(([, module]) => types.some((type) => module instanceof type));
}
