import type { Tokenizer } from './tokenizer.js';

export const unicodeForms = ['NFC', 'NFKC', 'none'] as const;

/** What is made equal in texts before they are cut into tokens. */
export interface TextNormalization {
  /** Unicode normal form (UAX #15): NFC joins marks to their letters, NFKC also folds full-width letters, ligatures and the like. 'NFC' by default. */
  readonly unicode?: (typeof unicodeForms)[number];
  /** Any run of white space becomes one space, and none stays at the ends; false by default. */
  readonly collapseSpaces?: boolean;
  /** false by default. */
  readonly lowercase?: boolean;
}

/** The text in its normal form, then with single spaces, then in lower case. */
export function normalizeText(
  text: string,
  { unicode = 'NFC', collapseSpaces, lowercase }: TextNormalization,
): string {
  let result = unicode === 'none' ? text : text.normalize(unicode);
  if (collapseSpaces) result = result.replace(/\p{White_Space}+/gu, ' ').replace(/^ | $/g, '');
  // Letter by letter, as readers of tokenizer.json do it: a final sigma is no exception there.
  return lowercase ? Array.from(result, (letter) => letter.toLowerCase()).join('') : result;
}

/** Whether texts change by more than NFC, which every tokenizer of characters does itself. */
export function changesTexts({ unicode = 'NFC', collapseSpaces, lowercase }: TextNormalization): boolean {
  return unicode === 'NFKC' || collapseSpaces === true || lowercase === true;
}

/** A tokenizer that normalises texts before another, which sees to NFC itself, cuts them. */
export class NormalizingTokenizer implements Tokenizer {
  readonly type: Tokenizer['type'];
  readonly separator: string;
  readonly normalization: TextNormalization;

  constructor(
    readonly inner: Tokenizer,
    normalization: TextNormalization,
  ) {
    this.type = inner.type;
    this.separator = inner.separator;
    this.normalization = { ...normalization, unicode: normalization.unicode === 'NFKC' ? 'NFKC' : 'none' };
  }

  tokenize(text: string): string[] {
    return this.inner.tokenize(normalizeText(text, this.normalization));
  }

  detokenize(tokens: readonly string[]): string {
    return this.inner.detokenize(tokens);
  }
}

const steps = {
  unicode: { type: 'NFKC' },
  collapse: { type: 'Replace', pattern: { Regex: '\\p{White_Space}+' }, content: ' ' },
  strip: { type: 'Strip', strip_left: true, strip_right: true },
  lowercase: { type: 'Lowercase' },
};

/** The normalizer of `tokenizer.json` that does the same. @param own what the tokenizer itself has. */
export function normalizerToJson(
  { unicode, collapseSpaces, lowercase }: TextNormalization,
  own: object | null,
): object | null {
  const normalizers = [
    ...(unicode === 'NFKC' ? [steps.unicode] : []),
    ...(collapseSpaces ? [steps.collapse, steps.strip] : []),
    ...(lowercase ? [steps.lowercase] : []),
    ...(own ? [own] : []),
  ];
  return normalizers.length > 1 ? { type: 'Sequence', normalizers } : (normalizers[0] ?? null);
}

/**
 * Reads what {@link normalizerToJson} wrote.
 * @param own see there.
 * @throws UserError of `fail` for another normalizer.
 */
export function normalizationFromJson(
  json: unknown,
  own: object | null,
  fail: (key: string, problem: string) => never,
): TextNormalization | undefined {
  const text = JSON.stringify(json ?? null);
  for (const unicode of [undefined, 'NFKC'] as const)
    for (const collapseSpaces of [false, true])
      for (const lowercase of [false, true]) {
        const normalization = { ...(unicode && { unicode }), collapseSpaces, lowercase };
        if (JSON.stringify(normalizerToJson(normalization, own)) === text)
          return changesTexts(normalization) ? normalization : undefined;
      }
  return fail('normalizer', `is ${text}, not one that heddle writes`);
}
