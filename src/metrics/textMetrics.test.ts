import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFigures } from '../../test/support/fixtures.js';
import { heddleVersion, type AnsweredText } from './answeredText.js';
import { bleu, bleuSignature, sentenceBleu, type BleuOptions, type BleuSmoothing } from './bleu.js';
import { chrf, chrfSignature } from './chrf.js';
import { characterErrorRate, wordEditRate } from './errorRates.js';
import { printedScore } from './printedScore.js';
import { longestCommonSubsequence, rouge, rougeNames, rougeScore } from './rouge.js';
import { translationEdits } from './shiftDistance.js';
import { ter, terSignature } from './ter.js';
import { bleuTokenizers, type BleuTokenizer } from './textTokenizers.js';

interface Scored<Options> {
  readonly options: Options;
  readonly score: number;
  /** As sacreBLEU prints it, to two digits: `BLEU = 27.31 60.0/… (BP = …)`. */
  readonly printed: string;
  readonly signature: string;
}

type Case = {
  readonly segments: readonly AnsweredText[];
  readonly bleu: Scored<{
    tokenize: BleuTokenizer;
    lowercase: boolean;
    smooth_method: BleuSmoothing;
    smooth_value: number | null;
    effective_order: boolean;
  }>;
  readonly sentenceBleu: number;
  readonly chrf: Scored<{
    char_order: number;
    word_order: number;
    beta: number;
    lowercase: boolean;
    whitespace: boolean;
  }>;
  readonly ter: Scored<{
    normalized: boolean;
    no_punct: boolean;
    asian_support: boolean;
    case_sensitive: boolean;
  }>;
  readonly wordEditRate: number;
  readonly cer: number;
} & Readonly<Record<(typeof rougeNames)[number], number>>;

const cases = readFigures('metrics/texts') as readonly Case[];

function bleuOptions({ options }: Case['bleu']): BleuOptions {
  return {
    tokenizer: options.tokenize,
    lowercase: options.lowercase,
    smoothing: options.smooth_method,
    effectiveOrder: options.effective_order,
    ...(options.smooth_value !== null && { smoothingValue: options.smooth_value }),
  };
}

/** Our signature with sacreBLEU's version in the place of ours. */
function asTheirs(signature: string, theirs: string): string {
  expect(signature).toMatch(new RegExp(`\\|version:heddle-${heddleVersion}$`));
  return signature.replace(/[^:]*$/, theirs.slice(theirs.lastIndexOf(':') + 1));
}

const firstFigure = (line: string) => / = (\S+)/.exec(line)![1];

describe('of 200 random cases', () => {
  it('are as many', () => {
    expect(cases).toHaveLength(200);
  });

  it('BLEU prints what sacreBLEU prints', () => {
    for (const { segments, bleu: theirs, sentenceBleu: sentence } of cases) {
      const options = bleuOptions(theirs);
      const { score, precisions, brevityPenalty, answerLength, referenceLength } = bleu(segments, options);
      const about = JSON.stringify({ segments, theirs });
      expect(Math.abs(score - theirs.score), about).toBeLessThan(1e-6);
      const line = `BLEU = ${printedScore(score)} ${precisions.map((each) => printedScore(each, 1)).join('/')} (BP = ${printedScore(brevityPenalty, 3)} ratio = ${printedScore(answerLength / referenceLength, 3)} hyp_len = ${answerLength} ref_len = ${referenceLength})`;
      expect(line, about).toBe(theirs.printed);
      expect(asTheirs(bleuSignature(segments, options), theirs.signature)).toBe(theirs.signature);
      const { prediction, references } = segments[0]!;
      const alone = sentenceBleu(prediction, references, { ...options, effectiveOrder: true });
      expect(Math.abs(alone.score - sentence), about).toBeLessThan(1e-6);
    }
  });

  it('chrF and chrF++ are sacreBLEU’s', () => {
    for (const { segments, chrf: theirs } of cases) {
      const { char_order, word_order, ...rest } = theirs.options;
      const options = { characterOrder: char_order, wordOrder: word_order, ...rest };
      const score = chrf(segments, options);
      expect(Math.abs(score - theirs.score), JSON.stringify({ segments, theirs })).toBeLessThan(1e-6);
      expect(printedScore(score)).toBe(firstFigure(theirs.printed));
      expect(asTheirs(chrfSignature(segments, options), theirs.signature)).toBe(theirs.signature);
    }
  });

  it('TER is sacreBLEU’s', () => {
    for (const { segments, ter: theirs } of cases) {
      const { normalized, no_punct, asian_support, case_sensitive } = theirs.options;
      const options = {
        normalized,
        noPunctuation: no_punct,
        asian: asian_support,
        caseSensitive: case_sensitive,
      };
      const score = ter(segments, options);
      expect(Math.abs(score - theirs.score), JSON.stringify({ segments, theirs })).toBeLessThan(1e-6);
      expect(printedScore(score)).toBe(firstFigure(theirs.printed));
      expect(asTheirs(terSignature(segments, options), theirs.signature)).toBe(theirs.signature);
    }
  });

  it('ROUGE is torchmetrics’, and so are error rates in words and characters where there is one reference', () => {
    for (const each of cases) {
      const about = JSON.stringify(each.segments);
      for (const name of rougeNames)
        expect(Math.abs(rouge(each.segments, name) - each[name]), about).toBeLessThan(1e-6);
      expect(Math.abs(wordEditRate(each.segments) - each.wordEditRate), about).toBeLessThan(1e-6);
      const characters = each.segments.map(({ prediction, references }) => ({
        prediction: Array.from(prediction),
        references: references.map((reference) => Array.from(reference)),
      }));
      expect(Math.abs(characterErrorRate(characters) - each.cer), about).toBeLessThan(1e-6);
    }
  });
});

describe('BLEU', () => {
  it('is 100 for the reference, 0 for nothing in common, and takes an empty answer', () => {
    const of = (prediction: string, ...references: string[]) => bleu([{ prediction, references }]).score;
    expect(of('the cat sat down .', 'the cat sat down .')).toBeCloseTo(100, 10);
    expect(of('a b c d e', 'the cat sat down .')).toBe(0);
    expect(of('', 'the cat')).toBe(0);
    expect(of('', '')).toBe(0);
    expect(() => bleu([])).toThrow('at least one example');
    expect(() => bleu([{ prediction: 'a', references: [] }])).toThrow('reference');
  });

  it('cuts texts into words', () => {
    expect(bleuTokenizers['13a']('Hello, "world": 3.5-4 &amp; U.S.')).toEqual(
      'Hello , " world " : 3.5 - 4 & U . S .'.split(' '),
    );
    expect(bleuTokenizers.zh('他说：“好”ok.')).toEqual([...'他说：“好”', 'ok', '.']);
    expect(bleuTokenizers.char('a 好')).toEqual(['a', '好']);
    expect(bleuTokenizers.intl('«oui», 1,5 €')).toEqual(['«', 'oui', '»', ',', '1,5', '€']);
    expect(bleuTokenizers.none(' a.b  c ')).toEqual(['a.b', 'c']);
  });
});

it('scores are printed as Python does', () => {
  expect([3.125, 3.135, 9.375, 0, 100].map((score) => printedScore(score))).toEqual([
    '3.12',
    '3.13',
    '9.38',
    '0.00',
    '100.00',
  ]);
  expect(printedScore(56.25, 1)).toBe('56.2');
});

it('signatures name the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(heddleVersion).toBe(version);
  const uneven = [
    { prediction: 'a', references: ['a'] },
    { prediction: 'a', references: ['a', 'b'] },
  ];
  expect(bleuSignature(uneven)).toBe(
    `nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:heddle-${version}`,
  );
});

describe('translation edits', () => {
  const edits = (answer: string, reference: string) =>
    translationEdits(answer.split(' ').filter(Boolean), reference.split(' ').filter(Boolean));

  it('count a shift of several words once', () => {
    expect(edits('c d a b', 'a b c d')).toBe(1);
    expect(edits('a b c d', 'a b c d')).toBe(0);
    expect(edits('a x c', 'a b c')).toBe(1);
    expect(edits('', 'a b')).toBe(2);
    expect(edits('a b', '')).toBe(2);
  });

  it('overlap where lengths differ much', () => {
    const reference = Array.from({ length: 200 }, (_, i) => `w${i}`);
    expect(translationEdits(['w150'], reference)).toBe(199);
  });
});

describe('ROUGE', () => {
  it('has precision and recall, of the best reference', () => {
    expect(rougeScore('the cat sat', ['the cat', 'a dog'], 'rouge1')).toEqual({
      precision: 2 / 3,
      recall: 1,
      f1: 0.8,
    });
    expect(rougeScore('a b c d', ['a c d b'], 'rougeL').f1).toBe(0.75);
    expect(rougeScore('机器翻译', ['机器学习'], 'rouge2').f1).toBeCloseTo(1 / 3, 12);
    expect(rougeScore('', ['a'], 'rougeL')).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(longestCommonSubsequence('abcbdab', 'bdcaba')).toBe(4);
  });
});
