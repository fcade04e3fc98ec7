import type { Metrics } from '../train/trainer.js';
import type { PairConfig } from './pairSchema.js';

/** BLEU's tokenizers of texts without spaces. */
const UNSPACED: readonly string[] = ['zh', 'char'];

/** What is odd about the TER of texts without spaces, in words: by default a word ends where a space is. */
export function terNotes({ bleu, ter }: PairConfig['metrics'], measured: Metrics): string[] {
  const cutsCharacters = ter.asian && ter.normalized;
  if (measured.ter === undefined || cutsCharacters || !UNSPACED.includes(bleu.tokenizer)) return [];
  return [
    'TER takes a text without spaces for one word; with metrics.ter: { normalized: true, asian: true } it counts Chinese and Japanese characters',
  ];
}
