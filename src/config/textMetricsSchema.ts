import { z } from 'zod';
import { bleuTokenizerNames } from '../metrics/textTokenizers.js';
import { whole } from './numbers.js';

const off = z.boolean().default(false);
const lowercase = off.describe('upper and lower case are equal');

/** Settings of the metrics that compare texts; the defaults are sacreBLEU's. */
export const textMetricsSchema = z
  .strictObject({
    bleu: z
      .strictObject({
        tokenizer: z
          .enum(bleuTokenizerNames)
          .default('13a')
          .describe(
            'what a word is: 13a for languages with spaces, zh for Chinese, intl for other scripts, char each character, none for text that is cut already',
          ),
        lowercase,
      })
      .prefault({}),
    chrf: z
      .strictObject({
        wordOrder: whole(0).default(0).describe('longest n-grams of words; 2 is chrF++'),
        lowercase,
      })
      .prefault({}),
    ter: z
      .strictObject({
        normalized: off.describe('punctuation is separated from words'),
        noPunctuation: off.describe('punctuation is left out'),
        asian: off.describe('with either of them: Chinese and Japanese characters and punctuation too'),
        caseSensitive: off.describe('upper and lower case differ'),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('settings of the metrics that compare texts, as sacreBLEU has them');
