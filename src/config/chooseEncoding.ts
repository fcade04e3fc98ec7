import { trainEncoding } from '../data/trainEncoding.js';
import { UserError } from '../tensor/errors.js';
import type { TextNormalization } from '../text/normalization.js';
import { withNormalization, type TextEncoding } from '../text/tokenizerJson.js';
import type { TextConfig } from './dataSchema.js';
import type { KnownEncodings } from './initialValues.js';

interface EncodingChoice {
  readonly known?: KnownEncodings;
  readonly reserved?: readonly string[];
  /** How texts were cleaned: those that the model is asked later are normalised in the same way. */
  readonly clean?: TextNormalization | undefined;
}

/**
 * How texts become ids: as a run does that the model starts from, else by a tokenizer trained on the texts, which are those
 * to train on.
 * @param name of the texts in the configuration.
 * @throws UserError when the configuration names another tokenizer than the run.
 */
export function chooseEncoding(
  name: keyof KnownEncodings,
  options: TextConfig,
  texts: Iterable<string>,
  { known = {}, reserved, clean = {} }: EncodingChoice = {},
): TextEncoding {
  const encoding = known[name];
  if (!encoding) return withNormalization(trainEncoding(texts, { ...options, reserved }), clean);
  const { type } = encoding.tokenizer;
  if (type !== options.tokenizer)
    throw new UserError(
      `${name}.tokenizer is ${options.tokenizer}, but the run of training.initial has ${type}. Set it to that.`,
    );
  return encoding;
}
