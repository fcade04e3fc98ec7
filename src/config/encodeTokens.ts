import { encodeSource } from '../data/dataset.js';
import { SequencePacker, type TokenSequences } from '../data/sequences.js';
import { counted } from '../formats/terminal.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { TokenFeatures, type ContextEncoder } from '../models/contextEncoder.js';
import { TextFeatures } from '../models/featureEncoder.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/**
 * The tokens of a text.
 * @param options.key where the encoder stands in the configuration, for messages.
 * @throws UserError naming a text that is empty or too long for the model.
 */
export function encodeTokens(
  text: string,
  encoding: TextEncoding,
  origin: string,
  { maxLength }: Pick<Encoder, 'maxLength'>,
  { key = 'model.encoder', ...options }: { unknown?: 'id' | 'error'; key?: string } = {},
): number[] {
  const ids = encodeSource(text, encoding, origin, options);
  if (ids.length > maxLength)
    throw new UserError(
      `${origin}: the text has ${counted(ids.length, 'token')}, the model has positions for ${maxLength}. Shorten it, or train with a larger ${key}.maxLength.`,
    );
  return ids;
}

/** Tokens that a text may have to become features. */
export function longestText(encoder: ContextEncoder): number {
  const reads = encoder instanceof TextFeatures || encoder instanceof TokenFeatures;
  return reads ? encoder.encoder.maxLength : Infinity;
}

/**
 * The tokens of texts that become features.
 * @param options.originOf where text i stands, for messages.
 * @param options.key see {@link encodeTokens}.
 * @throws UserError naming a text that is empty or too long for the model.
 */
export function encodeFeatureTexts(
  texts: readonly string[],
  encoding: TextEncoding,
  encoder: ContextEncoder,
  { originOf, key }: { originOf: (index: number) => string; key?: string },
): TokenSequences {
  const limits = { maxLength: longestText(encoder) };
  const sequences = new SequencePacker();
  texts.forEach((text, i) => {
    sequences.push(encodeTokens(text, encoding, originOf(i), limits, { key }));
  });
  return sequences.pack();
}
