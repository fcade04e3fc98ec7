import { Heap } from './heap.js';
import { IntPairMap } from './intPairMap.js';

export interface MergeOptions {
  /** The symbols that words begin as; others are never merged. */
  readonly alphabet: readonly string[];
  /** The symbols of a word. */
  readonly split: (word: string) => readonly string[];
  /** The token of two tokens that follow each other. */
  readonly join: (left: string, right: string) => string;
  /** Tokens wanted, the alphabet among them. */
  readonly size: number;
  /** Pairs that occur fewer times are not merged. */
  readonly minCount: number;
}

export interface LearntMerges {
  /** The alphabet, then the tokens in the order in which they were made. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [left: string, right: string])[];
}

/** The symbol of a place that holds none: between words, and where a merge has taken it. */
const NONE = -1;

/**
 * Byte-pair encoding (Sennrich et al. 2016): merges the pair of neighbours that occurs most often, again and again. Of
 * equally frequent pairs the one with the lower ids is merged, the left one first, as in Hugging Face's trainer.
 *
 * All words lie in one array of symbols, with links to the neighbours that are left. Each place is in the list of its
 * pair, so a merge visits the places of its pair alone; the queue is put right when a pair whose count has sunk is reached.
 */
export function learnMerges(words: ReadonlyMap<string, number>, options: MergeOptions): LearntMerges {
  const { alphabet, join, size, minCount } = options;
  const tokens = [...alphabet];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const places = new Places(layOut(words, options.split, ids));
  const { left, right, count } = places;

  // Entries of the queue: a pair, and the count it had when it was put there.
  const entryPair: number[] = [];
  const entryCount: number[] = [];
  const queue = new Heap((a, b) => {
    if (entryCount[a] !== entryCount[b]) return entryCount[a]! > entryCount[b]!;
    const p = entryPair[a]!;
    const q = entryPair[b]!;
    return left[p] === left[q] ? right[p]! < right[q]! : left[p]! < left[q]!;
  });
  const enqueue = (pair: number) => {
    entryPair.push(pair);
    queue.push(entryCount.push(count[pair]!) - 1);
  };
  for (let pair = 0; pair < count.length; pair++) enqueue(pair);

  const merges: [string, string][] = [];
  const merged = new Set<number>();
  while (tokens.length < size) {
    const entry = queue.pop();
    if (entry === undefined) break;
    const pair = entryPair[entry]!;
    const current = count[pair]!;
    if (current !== entryCount[entry]) {
      entryCount[entry] = current;
      if (current > 0) queue.push(entry);
      continue;
    }
    if (current < minCount) break;
    const parts: [string, string] = [tokens[left[pair]!]!, tokens[right[pair]!]!];
    // Two pairs may make the same token: a + bc and ab + c.
    const token = join(...parts);
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    // A pair that such a token brings back has its merge already.
    if (!merged.has(pair)) merges.push(parts);
    merged.add(pair);
    for (const grown of places.merge(pair, id)) enqueue(grown);
  }
  return { tokens, merges };
}

/** Symbols and their weights (how often the word occurs), with a place that holds none around every word. */
function layOut(
  words: ReadonlyMap<string, number>,
  split: (word: string) => readonly string[],
  ids: ReadonlyMap<string, number>,
): { symbols: Int32Array; weights: Float64Array } {
  // UTF-16 units are an upper bound for symbols, but for bytes, of which a unit has up to three.
  let capacity = 1;
  for (const word of words.keys()) capacity += 3 * word.length + 1;
  const symbols = new Int32Array(capacity).fill(NONE);
  const weights = new Float64Array(capacity);
  let end = 1;
  for (const [word, weight] of words) {
    for (const symbol of split(word)) {
      symbols[end] = ids.get(symbol) ?? NONE;
      weights[end++] = weight;
    }
    end++;
  }
  return { symbols: symbols.slice(0, end), weights: weights.slice(0, end) };
}

/** The places of all words, and the lists of those where each pair is. */
class Places {
  /** By pair: its symbols and Σ weight of its places. */
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly count: number[] = [];
  private readonly first: number[] = [];
  private readonly pairs = new IntPairMap(1 << 16);
  private readonly symbols: Int32Array;
  private readonly weights: Float64Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  // The list of a pair's places: the one after this, and the one before, −1 at its ends.
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  /** Pairs that the merge in progress has given places. */
  private grown = new Set<number>();

  constructor({ symbols, weights }: { symbols: Int32Array; weights: Float64Array }) {
    this.symbols = symbols;
    this.weights = weights;
    this.next = symbols.map((_, place) => place + 1);
    this.previous = symbols.map((_, place) => place - 1);
    this.after = new Int32Array(symbols.length);
    this.before = new Int32Array(symbols.length);
    for (let place = 0; place + 1 < symbols.length; place++) this.enter(place);
  }

  /** Replaces every place of the pair by `id`, from left to right. @returns the pairs that got new places. */
  merge(pair: number, id: number): Iterable<number> {
    const { symbols, next, previous } = this;
    const [a, b] = [this.left[pair]!, this.right[pair]!];
    const places: number[] = [];
    for (let place = this.first[pair]!; place !== NONE; place = this.after[place]!) places.push(place);
    // In a run of one symbol the places overlap: aaa is aa + a.
    if (a === b) places.sort((x, y) => x - y);
    this.grown = new Set();
    for (const place of places) {
      const taken = next[place]!;
      if (symbols[place] !== a || symbols[taken] !== b) continue;
      const left = previous[place]!;
      const right = next[taken]!;
      this.leave(left);
      this.leave(place);
      this.leave(taken);
      symbols[place] = id;
      symbols[taken] = NONE;
      next[place] = right;
      previous[right] = place;
      this.enter(left);
      this.enter(place);
    }
    return this.grown;
  }

  /** Puts the place into the list of the pair that begins there. */
  private enter(place: number): void {
    const a = this.symbols[place]!;
    const b = this.symbols[this.next[place]!]!;
    if (a === NONE || b === NONE) return;
    let pair = this.pairs.get(a, b);
    if (pair === -1) {
      pair = this.left.push(a) - 1;
      this.right.push(b);
      this.count.push(0);
      this.first.push(NONE);
      this.pairs.set(a, b, pair);
    }
    const head = this.first[pair]!;
    this.after[place] = head;
    this.before[place] = NONE;
    if (head !== NONE) this.before[head] = place;
    this.first[pair] = place;
    this.count[pair]! += this.weights[place]!;
    this.grown.add(pair);
  }

  private leave(place: number): void {
    const a = this.symbols[place]!;
    const b = this.symbols[this.next[place]!]!;
    if (a === NONE || b === NONE) return;
    const pair = this.pairs.get(a, b);
    const after = this.after[place]!;
    const before = this.before[place]!;
    if (before === NONE) this.first[pair] = after;
    else this.after[before] = after;
    if (after !== NONE) this.before[after] = before;
    this.count[pair]! -= this.weights[place]!;
  }
}
