import { buildEncoding } from '../data/dataset.js';
import { UserError } from '../tensor/errors.js';
import { tokenizers } from '../text/tokenizer.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { TextConfig } from './dataSchema.js';
import type { KnownEncodings } from './initialValues.js';

/**
 * How texts become ids: as a run does that the model starts from, else with the vocabulary of the texts, which are those to
 * train on.
 * @param name of the texts in the configuration.
 * @throws UserError when the configuration names another tokenizer than the run.
 */
export function chooseEncoding(
  name: keyof KnownEncodings,
  { tokenizer, minCount }: TextConfig,
  texts: readonly string[],
  { known = {}, reserved }: { known?: KnownEncodings; reserved?: readonly string[] } = {},
): TextEncoding {
  const encoding = known[name];
  if (!encoding) return buildEncoding(texts, tokenizers[tokenizer], { minCount, reserved });
  const { type } = encoding.tokenizer;
  if (type !== tokenizer)
    throw new UserError(
      `${name}.tokenizer is ${tokenizer}, but the run of training.initial has ${type}. Set it to that.`,
    );
  return encoding;
}
