import { metricSignature, referencesOf, splitWords, trimEnding, type AnsweredText } from './answeredText.js';
import { figureOf, type SumMetric } from './exampleSums.js';
import { translationEdits } from './shiftDistance.js';
import { joinLines, separateStops, separateSymbols, unescapeMarks } from './textTokenizers.js';

/** Settings of TER; the defaults are sacreBLEU's. */
export interface TerOptions {
  /** Separates punctuation from words; false by default. */
  readonly normalized?: boolean;
  /** Takes punctuation out; false by default. */
  readonly noPunctuation?: boolean;
  /** With `normalized` and `noPunctuation`: treats Chinese and Japanese characters and punctuation too; false by default. */
  readonly asian?: boolean;
  /** Whether upper and lower case differ; false by default. */
  readonly caseSensitive?: boolean;
}

/**
 * Translation edit rate (Snover et al. 2006) as sacreBLEU computes it, 100 for as many edits as the references have words:
 * Σ edits to the reference that needs fewest ÷ Σ mean length of the references · 100. Shifting a run of words is one edit
 * ({@link translationEdits}). Lower is better; it may exceed 100.
 * @throws RangeError without an example, or for one without a reference.
 */
export function ter(examples: readonly AnsweredText[], options: TerOptions = {}): number {
  return figureOf(terSums(options), examples);
}

/** The settings as sacreBLEU prints them: `nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:heddle-…`. */
export function terSignature(examples: readonly AnsweredText[], options: TerOptions = {}): string {
  const { normalized = false, noPunctuation = false, asian = false, caseSensitive = false } = options;
  return metricSignature(examples, {
    case: caseSensitive ? 'mixed' : 'lc',
    tok: 'tercom',
    norm: normalized,
    punct: !noPunctuation,
    asian,
  });
}

/** TER as a figure of sums over examples: edits, and words of the references. */
export function terSums(options: TerOptions = {}): SumMetric<AnsweredText> {
  const tokens = (text: string) => terTokens(trimEnding(text), options);
  return {
    row(example) {
      const answer = tokens(example.prediction);
      // sacreBLEU (2.6) cuts references twice, which tells for few: normalized, `dog's）` becomes `dog's ）` and then `dog 's ）`.
      const references = referencesOf(example).map((reference) => tokens(tokens(reference).join(' ')));
      const edits = references.map((reference) => translationEdits(answer, reference));
      const length = references.reduce((total, reference) => total + reference.length, 0);
      return [Math.min(...edits), length / references.length];
    },
    figure([edits, length]) {
      if (length! > 0) return (100 * edits!) / length!;
      return edits! > 0 ? 100 : 0;
    },
  };
}

/** Words as Tercom cuts them. */
function terTokens(text: string, options: TerOptions): string[] {
  const { normalized = false, noPunctuation = false, asian = false, caseSensitive = false } = options;
  let cut = caseSensitive ? text : text.toLowerCase();
  if (normalized) {
    cut = separateSymbols(` ${unescapeMarks(joinLines(cut, '\n-'))} `);
    cut = separateStops(cut.replaceAll("'s ", " 's "));
    if (asian) cut = cut.replace(asianCharacter, ' $& ').replace(asianPunctuation, ' $& ');
  }
  if (noPunctuation) {
    cut = cut.replace(/[.,?:;!"()]/g, '');
    if (asian) cut = cut.replace(asianPunctuation, '');
  }
  return splitWords(cut);
}

/**
 * Characters that are words by themselves: CJK ideographs, radicals, strokes, and the blocks up to U+3F22 that sacreBLEU
 * names. Its rules for runs of kana only hold for a text that begins with them, which the space before it forbids.
 */
const asianCharacter = /[\u2e80-\u2eff\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f]/g;

const asianPunctuation =
  /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;
