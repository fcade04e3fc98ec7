import { splitWords, trimBeginning, visibleCharacters } from './answeredText.js';

export const bleuTokenizerNames = ['13a', 'zh', 'char', 'intl', 'none'] as const;
/**
 * How BLEU cuts a text into tokens, by sacreBLEU's names: '13a' for languages with spaces (as NIST's mteval-v13a), 'zh'
 * each Chinese character by itself and the rest as 13a, 'char' every character, 'intl' punctuation and symbols of any
 * script (mteval-v14), 'none' at white space, for texts that are cut already.
 */
export type BleuTokenizer = (typeof bleuTokenizerNames)[number];

/** Tokens of a text, by the name of the tokenizer. */
export const bleuTokenizers: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  '13a': (text) =>
    splitWords(
      separateStops(
        separateSymbols(` ${unescapeMarks(joinLines(text.replaceAll('<skipped>', ''), '-\n'))} `),
      ),
    ),
  zh: (text) => splitWords(separateStops(separateSymbols(trimBeginning(text).replace(chinese, ' $& ')))),
  char: visibleCharacters,
  intl: (text) =>
    splitWords(
      text
        .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
        .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
        .replace(/\p{S}/gu, ' $& '),
    ),
  none: splitWords,
};

/**
 * What sacreBLEU's 'zh' takes as Chinese. Its two ranges beyond U+FFFF are written with four digits there, so they say
 * U+2001–2A6D and U+2F81–2FA1 instead: quotation marks and dashes are separated, rare characters are not. As figures
 * must be comparable, so it is here.
 */
const chinese =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;

/** Lines as one text; what was hyphenated at the end of a line is joined. */
export function joinLines(text: string, hyphen: string): string {
  return text.replaceAll(hyphen, '').replaceAll('\n', ' ');
}

/** `&quot;`, `&amp;`, `&lt;` and `&gt;` as what they stand for, one after the other as the references do. */
export function unescapeMarks(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

/** Spaces around each ASCII symbol but ' , - and the full stop. */
export function separateSymbols(text: string): string {
  return text.replace(/[ -&(-+/:-@[-`{-~]/gu, ' $& ');
}

/** Spaces around full stops and commas that do not stand inside a number, and around a dash after a digit. */
export function separateStops(text: string): string {
  return text
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/gu, '$1 $2 ');
}
