import { chooseEncoding } from './chooseEncoding.js';
import type { ClassEncoding } from './classExamples.js';
import type { BagConfig } from './classificationSchema.js';
import type { Reading } from './dataParts.js';
import { learnBag } from './learnBag.js';
import { termUnits, tokenUnits, type TextUnits } from './textUnits.js';

/** What a model sees of texts whose vocabulary is learnt from some. */
export function unitsOf(
  { text, data: { clean } }: Reading,
  texts: readonly string[],
  bag?: BagConfig,
): TextUnits {
  return bag
    ? termUnits(learnBag(texts, bag, clean ?? {}))
    : tokenUnits(chooseEncoding('text', text, texts, { clean }));
}

/**
 * What a model sees of the texts of rows; undefined where it reads none.
 * @param encoding that of the model, where it could be built; else it is learnt from `texts`.
 */
export function rowUnits(
  config: Reading & { readonly model: { readonly encoder: BagConfig | { readonly type: unknown } } },
  { text, bag }: Partial<ClassEncoding> = {},
  texts: readonly string[] | undefined,
): TextUnits | undefined {
  if (text) return tokenUnits(text);
  if (bag) return termUnits(bag);
  const { encoder } = config.model;
  return texts && unitsOf(config, texts, 'analyzer' in encoder ? encoder : undefined);
}
