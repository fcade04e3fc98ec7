import { Module } from '../nn/module.js';
import { UserError } from '../tensor/errors.js';

interface Part {
  /** Members that tell such a part, and of what type they are. */
  readonly members: Readonly<Record<string, 'function' | 'number'>>;
  readonly words: string;
}

const tokenEncoder: Part = {
  members: { forward: 'function', outputSize: 'number', maxLength: 'number' },
  words:
    'an Encoder of tokens: a RecurrentEncoder, ConvolutionalEncoder, TransformerEncoder or one of your own',
};

/** What models are made of. */
const parts = {
  encoder: tokenEncoder,
  tokensOrFrames: {
    members: tokenEncoder.members,
    words: `${tokenEncoder.words}; or a FrameEncoder of recordings: a RecurrentFrameEncoder, TransformerFrameEncoder or one of your own`,
  },
  frames: {
    members: { forward: 'function', outputSize: 'number', bands: 'number', stride: 'number' },
    words:
      'a FrameEncoder of recordings: a RecurrentFrameEncoder, TransformerFrameEncoder or one of your own',
  },
  decoder: {
    members: { connect: 'function', forward: 'function', readout: 'function', step: 'function' },
    words: 'a Decoder: a RecurrentDecoder, TransformerDecoder or one of your own',
  },
  features: {
    members: { features: 'function', outputSize: 'number' },
    words:
      'a FeatureEncoder, which makes one vector of an example: TextFeatures (new TextFeatures({ encoder, pooling })), ImageFeatures, InputFeatures, FusedFeatures or one of your own',
  },
} as const satisfies Readonly<Record<string, Part>>;

/**
 * Checks the parts that a model was given: `requirePart(this, 'features', { encoder })`.
 * @throws UserError: `Classifier: encoder is a RecurrentEncoder, without features; it must be a FeatureEncoder, …`
 */
export function requirePart(
  owner: object,
  kind: keyof typeof parts,
  given: Readonly<Record<string, unknown>>,
): void {
  const { members, words }: Part = parts[kind];
  for (const [name, value] of Object.entries(given)) {
    const lacking = Object.entries(members)
      .filter(([member, type]) => typeof (value as Record<string, unknown> | undefined)?.[member] !== type)
      .map(([member]) => member);
    if (value instanceof Module && lacking.length === 0) continue;
    const problem = value instanceof Module ? `, without ${lacking.join(', ')}` : '';
    throw new UserError(
      `${owner.constructor.name}: ${name} is ${shown(value)}${problem}; it must be ${words}.`,
    );
  }
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (typeof value === 'function') return `the class ${value.name}, not an object of it`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const { name } = value.constructor;
  if (value instanceof Module) return `a ${name}`;
  if (name !== 'Object') return `a ${name}, which is no Module`;
  return `an object of the keys ${Object.keys(value).join(', ') || '(none)'}`;
}
