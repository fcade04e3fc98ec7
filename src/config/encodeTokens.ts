import { encodeSource } from '../data/dataset.js';
import { packSequences, type TokenSequences } from '../data/sequences.js';
import { counted } from '../formats/terminal.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { TextFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';

/** The tokens of a text. @throws UserError naming a text that is empty or too long for the model. */
export function encodeTokens(
  text: string,
  encoding: TextEncoding,
  origin: string,
  { maxLength }: Pick<Encoder, 'maxLength'>,
  options: { unknown?: 'id' | 'error' } = {},
): number[] {
  const ids = encodeSource(text, encoding, origin, options);
  if (ids.length > maxLength)
    throw new UserError(
      `${origin}: the text has ${counted(ids.length, 'token')}, the model has positions for ${maxLength}. Shorten it, or train with a larger model.encoder.maxLength.`,
    );
  return ids;
}

/**
 * The tokens of texts that become a vector each.
 * @param originOf where text i stands, for messages.
 * @throws UserError naming a text that is empty or too long for the model.
 */
export function encodeFeatureTexts(
  texts: readonly string[],
  encoding: TextEncoding,
  encoder: FeatureEncoder,
  originOf: (index: number) => string,
): TokenSequences {
  const limits = encoder instanceof TextFeatures ? encoder.encoder : { maxLength: Infinity };
  return packSequences(texts.map((text, i) => encodeTokens(text, encoding, originOf(i), limits)));
}
