import type { TextFacts } from '../../data/textFacts.js';
import { clamp, type Work } from './budget.js';
import { entry, group, type Entry } from './commentedYaml.js';
import { learningRates, type LearningRate } from './learningRates.js';
import { hasWords, type Tokenization } from './tokenization.js';
import { mean } from './words.js';

/** What reads texts of which it says the class, and how it is trained. */
export interface TextReader {
  /** Keys beside `data` and `training`. */
  readonly entries: readonly Entry[];
  readonly words: string;
  readonly work: Work;
  readonly learningRate: LearningRate;
  /** Epochs that the texts bear. */
  readonly wanted: number;
}

/** Longest sequences of characters that are terms: a short word, or in scripts without spaces two or three. */
const LONGEST = { spaced: 5, unspaced: 3 };

/** Long texts as bags of terms: where in them a class shows says little. */
export function bagReader(count: number, facts: TextFacts, { unit, tokens }: Tokenization): TextReader {
  const size = 32;
  const spellings = unit === 'characters';
  const longest = spellings ? LONGEST[hasWords(facts) ? 'spaced' : 'unspaced'] : 2;
  const terms = longest * tokens.mean;
  return {
    entries: [
      group('model', [
        group('encoder', [
          entry(
            'type',
            'bag-of-words',
            `texts of ${mean(tokens.mean)} ${unit}: their terms say the class, wherever they stand`,
          ),
          entry(
            'analyzer',
            spellings ? 'character' : 'word',
            spellings
              ? 'spellings, numbers and parts of words say much here'
              : 'new texts bring hardly any new words',
          ),
          entry('ngrams', [1, longest], `terms are sequences of 1 to ${longest} of them`),
          entry('maxTerms', 20_000, 'the most frequent ones; the others are too rare to learn from'),
          entry('size', size, 'features of a text: the sum of a learnt vector per term, weighted by TF-IDF'),
        ]),
      ]),
    ],
    words: `bag of sequences of 1 to ${longest} ${spellings ? 'characters' : 'words'}, weighted by TF-IDF`,
    work: { dense: 2 * terms * size },
    learningRate: learningRates.bagOfWords,
    wanted: clamp(4 * Math.sqrt(4000 / count), 2, 20),
  };
}
