import type { WritingOptions } from '../decode/decodingOptions.js';
import type { Arguments } from './command.js';

/** What the command line says of texts that are written, whether they are searched for or drawn. */
export function writing(args: Arguments): Omit<WritingOptions, 'prefix'> {
  return {
    maxLength: args.count('max-length'),
    repetitionPenalty: args.number('repetition-penalty'),
    noRepeatedNgram: args.count('no-repeat'),
  };
}
