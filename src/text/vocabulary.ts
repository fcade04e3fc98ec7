import { UserError } from '../tensor/errors.js';

/** Fills sequences up to the length of the longest; never a real token. */
export const PAD = 0;
/** What the decoder reads before the first target token. */
export const START = 1;
/** What the decoder writes after the last target token. */
export const END = 2;
/** Stands for every token that is not in the vocabulary. */
export const UNKNOWN = 3;

/** Spellings of the special tokens; the index is the id, the same in every vocabulary. */
export const specialTokens = ['<pad>', '<start>', '<end>', '<unknown>'] as const;

export interface VocabularyLimits {
  /** Tokens seen fewer times are left out (they become `<unknown>`). Default 1: keep all. */
  minCount?: number;
  /** Keep at most this many tokens, the most frequent ones; special tokens come on top. Default: no limit. */
  maxSize?: number;
  /** Reserved tokens; none by default. */
  reserved?: readonly string[];
}

/**
 * A fixed, ordered set of tokens: ids 0–3 are the special tokens, those of texts follow, and reserved ones at last, which
 * only code puts into sequences: a mask, sentinels.
 */
export class Vocabulary {
  /** Spelling of every id, special tokens included. */
  readonly tokens: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;

  /**
   * @param tokens the ordinary tokens, in the order of their ids, which start at 4.
   * @param reserved spelt by no text: what a text has of such a spelling is unknown.
   * @throws UserError when a token is empty, occurs twice or is spelt like a special token.
   */
  constructor(
    tokens: readonly string[],
    readonly reserved: readonly string[] = [],
  ) {
    const ids = new Map<string, number>();
    for (const token of [...tokens, ...reserved]) {
      const problem =
        token === ''
          ? 'is empty'
          : isSpecial(token)
            ? 'is spelt like a special token'
            : ids.has(token)
              ? 'occurs twice'
              : undefined;
      if (problem) throw new UserError(`vocabulary: token ${JSON.stringify(token)} ${problem}`);
      ids.set(token, specialTokens.length + ids.size);
    }
    this.tokens = [...specialTokens, ...tokens, ...reserved];
    for (const token of reserved) ids.delete(token);
    this.ids = ids;
  }

  /**
   * The vocabulary of the given sequences, the most frequent token first, equally frequent ones by code point: it
   * depends on the counts only, not on the order of the sequences. Tokens of the data that are spelt like a special
   * token (`<pad>`) are left out, so that a text cannot inject one.
   */
  static build(
    sequences: Iterable<readonly string[]>,
    { minCount = 1, maxSize = Infinity, reserved = [] }: VocabularyLimits = {},
  ): Vocabulary {
    const counts = new Map<string, number>();
    for (const sequence of sequences) {
      for (const token of sequence) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    const kept = [...counts]
      .filter(([token, count]) => count >= minCount && !isSpecial(token) && !reserved.includes(token))
      .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b));
    return new Vocabulary(
      kept.slice(0, maxSize).map(([token]) => token),
      reserved,
    );
  }

  /** Number of ids, special tokens included: the size of embeddings and output layers. */
  get size(): number {
    return this.tokens.length;
  }

  /** The ids of ordinary tokens: from 4 to below this, where those of reserved tokens begin. */
  get ordinaryEnd(): number {
    return this.size - this.reserved.length;
  }

  /** The id of a reserved token. @throws UserError when the vocabulary has none of that spelling. */
  reservedId(token: string): number {
    const at = this.reserved.indexOf(token);
    if (at < 0)
      throw new UserError(`vocabulary: there is no ${token}. Build it with that among its reserved tokens.`);
    return this.ordinaryEnd + at;
  }

  /** The token's id, or UNKNOWN. Spellings of special tokens are unknown too: only code puts those into sequences. */
  idOf(token: string): number {
    return this.ids.get(token) ?? UNKNOWN;
  }

  /**
   * Ids of the tokens, without START and END.
   * @param options.unknown what to do about tokens outside of the vocabulary: 'id' (default) gives UNKNOWN, 'error'
   * throws.
   * @throws UserError with 'error': one line that names unknown tokens, and the tokens that are known where these are few.
   */
  encode(tokens: readonly string[], { unknown = 'id' }: { unknown?: 'id' | 'error' } = {}): number[] {
    const ids = tokens.map((token) => this.idOf(token));
    if (unknown === 'error' && ids.includes(UNKNOWN)) throw new UserError(this.describeUnknown(tokens));
    return ids;
  }

  /**
   * Spellings of the ids up to the first END; PAD and START are left out.
   * @throws RangeError for an id outside of the vocabulary.
   */
  decode(ids: Iterable<number>): string[] {
    const tokens: string[] = [];
    for (const id of ids) {
      if (id === END) break;
      if (id === PAD || id === START) continue;
      const token = this.tokens[id];
      if (token === undefined) throw new RangeError(`id ${id} is outside of a vocabulary of ${this.size}`);
      tokens.push(token);
    }
    return tokens;
  }

  private describeUnknown(tokens: readonly string[]): string {
    const unknown = [...new Set(tokens.filter((token) => this.idOf(token) === UNKNOWN))];
    const named = unknown.slice(0, NAMED).map(describeToken).join(', ');
    const more = unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : '';
    const known = this.tokens.slice(specialTokens.length, this.ordinaryEnd).sort(compareCodePoints);
    const others = known.length > LISTED ? `${known.length} others` : known.map(quoteBlank).join(' ');
    return `unknown symbol${unknown.length > 1 ? 's' : ''} ${named}${more}; this model knows ${others}`;
  }
}

/** Unknown tokens that a message names. */
const NAMED = 5;
/** Known tokens that a message lists: an alphabet, or the phonemes of a language; of more it says how many there are. */
const LISTED = 60;

function isSpecial(token: string): boolean {
  return (specialTokens as readonly string[]).includes(token);
}

/** The token as JSON; a single character outside of printable ASCII with its code point, since it may look like another. */
function describeToken(token: string): string {
  const quoted = JSON.stringify(token);
  const characters = Array.from(token);
  if (characters.length !== 1 || /^[!-~]$/.test(token)) return quoted;
  return `${quoted} (U+${token.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`;
}

function quoteBlank(token: string): string {
  return /^[\p{White_Space}\p{C}]+$/u.test(token) ? JSON.stringify(token) : token;
}

/** Order by code point; JavaScript's own order is by UTF-16 unit, which puts U+10000 before U+E000. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a.codePointAt(i)! - b.codePointAt(i)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
