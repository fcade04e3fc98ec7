/** What a model wrote for a source, and every text that counts as right, as people read them: not cut into tokens. */
export interface AnsweredText {
  readonly prediction: string;
  /** At least one. */
  readonly references: readonly string[];
}

/**
 * The references that a text metric compares with: those with something in them, as sacreBLEU takes them; where none
 * has, an empty one.
 * @throws RangeError without a reference.
 */
export function referencesOf({ references }: AnsweredText): readonly string[] {
  if (references.length === 0) throw new RangeError('an example without a reference cannot be scored');
  const filled = references.filter((reference) => reference !== '');
  return filled.length > 0 ? filled : [''];
}

/** The version of heddle, which a signature names. */
export const heddleVersion = '0.1.0';

/**
 * Says how a figure was got, in sacreBLEU's form (Post 2018): `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:…`.
 * The version is heddle's; the other fields are equal to those of sacreBLEU where the figures are.
 * @param fields in their order; true and false become yes and no.
 */
export function metricSignature(
  examples: readonly AnsweredText[],
  fields: Readonly<Record<string, string | number | boolean>>,
): string {
  const counts = new Set(examples.map((example) => referencesOf(example).length));
  const all = { nrefs: counts.size === 1 ? [...counts][0]! : 'var', ...fields };
  const shown = (value: string | number | boolean) =>
    typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
  const parts = Object.entries(all).map(([name, value]) => `${name}:${shown(value)}`);
  return [...parts, `version:heddle-${heddleVersion}`].join('|');
}

// White space as Python has it, in which the reference implementations are written: Unicode's, and U+001C to U+001F.
const SPACE = `\\p{White_Space}${String.fromCharCode(0x1c)}-${String.fromCharCode(0x1f)}`;
const word = new RegExp(`[^${SPACE}]+`, 'gu');
const beginning = new RegExp(`^[${SPACE}]+`, 'u');
const ending = new RegExp(`[${SPACE}]+$`, 'u');

/** Runs of characters that are not white space. */
export function splitWords(text: string): string[] {
  return text.match(word) ?? [];
}

/** The text without white space at its beginning. */
export function trimBeginning(text: string): string {
  return text.replace(beginning, '');
}

/** The text without white space at its end. */
export function trimEnding(text: string): string {
  return text.replace(ending, '');
}

/** The Unicode code points of a text, without white space. */
export function visibleCharacters(text: string): string[] {
  return Array.from(splitWords(text).join(''));
}
