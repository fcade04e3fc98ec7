import { trainEncoding } from '../data/trainEncoding.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { TextConfig } from './dataSchema.js';
import type { KnownEncodings } from './initialValues.js';

/**
 * How texts become ids: as a run does that the model starts from, else by a tokenizer trained on the texts, which are those
 * to train on.
 * @param name of the texts in the configuration.
 * @throws UserError when the configuration names another tokenizer than the run.
 */
export function chooseEncoding(
  name: keyof KnownEncodings,
  options: TextConfig,
  texts: readonly string[],
  { known = {}, reserved }: { known?: KnownEncodings; reserved?: readonly string[] } = {},
): TextEncoding {
  const encoding = known[name];
  if (!encoding) return trainEncoding(texts, { ...options, reserved });
  const { type } = encoding.tokenizer;
  if (type !== options.tokenizer)
    throw new UserError(
      `${name}.tokenizer is ${options.tokenizer}, but the run of training.initial has ${type}. Set it to that.`,
    );
  return encoding;
}
