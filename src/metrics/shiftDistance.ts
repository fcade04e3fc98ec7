/** Words that are shifted together, at most. */
const LONGEST_SHIFT = 10;
/** How far apart the places of a shift may be, in words. */
const FARTHEST_SHIFT = 50;
/** Half the width of the band around the diagonal in which edits are looked for. */
const BAND = 25;
/** Shifts that are tried for an answer in all; then the search ends. */
const MOST_SHIFTS = 1000;

/**
 * Translation edits: the insertions, deletions, substitutions and shifts of runs of words that turn an answer into a
 * reference, found greedily (Snover et al. 2006). Shifts are tried as long as one lessens the edit distance; the
 * limits of the search are those of Tercom as sacreBLEU has them, so that both count the same edits.
 */
export function translationEdits(answer: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return answer.length;
  let [words, shifts, tried] = [answer, 0, 0];
  let table = new EditTable(words, reference);
  for (;;) {
    const found = bestShift(table, tried);
    tried = found.tried;
    if (tried >= MOST_SHIFTS || !found.shift || found.shift.gain <= 0) break;
    words = shifted(words, found.shift);
    table = new EditTable(words, reference);
    shifts++;
  }
  return shifts + table.distance;
}

/** A run of words in the answer, and before which word it goes. */
interface Shift {
  readonly start: number;
  readonly length: number;
  readonly target: number;
}

type RatedShift = Shift & {
  /** How many edits it saves. */
  readonly gain: number;
};

/** The shift that saves most edits; of equals the longest, then the first in the answer, then the first target. */
function bestShift(table: EditTable, before: number): { shift: RatedShift | undefined; tried: number } {
  const { words, reference, distance } = table;
  const { places, wrongWords, wrongReferences } = table.align();
  let best: RatedShift | undefined;
  let tried = before;
  for (const { start, place, length } of equalRuns(words, reference)) {
    // Right words stay, and nothing goes to where the words are right already.
    if (!anyOf(wrongWords, start, length) || !anyOf(wrongReferences, place, length)) continue;
    if (start <= places[place]! && places[place]! < start + length) continue;
    let previous = -1;
    for (let offset = -1; offset < length && place + offset < reference.length; offset++) {
      const target = place + offset < 0 ? 0 : places[place + offset]! + 1;
      if (target === previous) continue;
      previous = target;
      const shift = { start, length, target };
      const rated = { ...shift, gain: distance - table.distanceOf(shifted(words, shift)) };
      tried++;
      if (!best || isBetterShift(rated, best)) best = rated;
    }
    if (tried >= MOST_SHIFTS) break;
  }
  return { shift: best, tried };
}

function isBetterShift(one: RatedShift, other: RatedShift): boolean {
  if (one.gain !== other.gain) return one.gain > other.gain;
  if (one.length !== other.length) return one.length > other.length;
  return one.start !== other.start ? one.start < other.start : one.target < other.target;
}

/** The words with a run of them elsewhere. A target within the run or right after it counts from its beginning. */
function shifted(words: readonly string[], { start, length, target }: Shift): string[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const at = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, at), ...run, ...rest.slice(at)];
}

/** Runs of words that answer and reference have in common, in the order in which they are tried. */
function* equalRuns(
  words: readonly string[],
  reference: readonly string[],
): Generator<{ start: number; place: number; length: number }> {
  for (let start = 0; start < words.length; start++) {
    const last = Math.min(reference.length - 1, start + FARTHEST_SHIFT);
    for (let place = Math.max(0, start - FARTHEST_SHIFT); place <= last; place++)
      for (let length = 1; length <= LONGEST_SHIFT; length++) {
        const word = words[start + length - 1];
        if (word === undefined || word !== reference[place + length - 1]) break;
        yield { start, place, length };
      }
  }
}

function anyOf(flags: ArrayLike<number>, start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (flags[i] === 1) return true;
  return false;
}

/** Edits on the way to a cell of the table: the last one. */
const [KEEP, SUBSTITUTE, DELETE, INSERT] = [0, 1, 2, 3];

/**
 * Edit distances between the beginnings of an answer and those of a reference, within a band around the diagonal: [answer
 * + 1, reference + 1]. Of equally few edits keeping or substituting goes before deleting, that before inserting.
 */
class EditTable {
  readonly distance: number;
  private readonly width: number;
  private readonly costs: Float64Array;
  private readonly edits: Uint8Array;
  private readonly ratio: number;
  private readonly band: number;

  constructor(
    readonly words: readonly string[],
    readonly reference: readonly string[],
  ) {
    this.width = reference.length + 1;
    this.ratio = words.length > 0 ? reference.length / words.length : 1;
    // Rows of texts of very different lengths must overlap.
    this.band = BAND < this.ratio / 2 ? Math.ceil(this.ratio / 2 + BAND) : BAND;
    this.costs = new Float64Array((words.length + 1) * this.width).fill(Infinity);
    this.edits = new Uint8Array(this.costs.length);
    for (let j = 0; j < this.width; j++) this.costs[j] = j;
    this.edits.fill(INSERT, 0, this.width);
    for (let i = 1; i <= words.length; i++) this.fillRow(i, words, this.costs, i * this.width, this.edits);
    this.distance = this.costs.at(-1)!;
  }

  /** The distance of as many other words; rows of the beginning that both share are not computed again. */
  distanceOf(words: readonly string[]): number {
    let same = 0;
    while (same < words.length && words[same] === this.words[same]) same++;
    const { width } = this;
    // The row before, and the one that is being filled.
    const rows = new Float64Array(2 * width);
    rows.set(this.costs.subarray(same * width, (same + 1) * width));
    for (let i = same + 1; i <= words.length; i++) {
      rows.fill(Infinity, width);
      this.fillRow(i, words, rows, width);
      rows.copyWithin(0, width);
    }
    return rows[width - 1]!;
  }

  /** Row i at a place in `costs`; the one before it stands before it. */
  private fillRow(
    i: number,
    words: readonly string[],
    costs: Float64Array,
    start: number,
    edits?: Uint8Array,
  ): void {
    const { width, band, reference } = this;
    const diagonal = Math.floor(i * this.ratio);
    const end = i === words.length ? width : Math.min(width, diagonal + band);
    const word = words[i - 1]!;
    for (let j = Math.max(0, diagonal - band); j < end; j++) {
      let cost = costs[start - width + j]! + 1;
      let edit = DELETE;
      if (j > 0) {
        const equal = word === reference[j - 1];
        const across = costs[start - width + j - 1]! + (equal ? 0 : 1);
        if (across <= cost) {
          cost = across;
          edit = equal ? KEEP : SUBSTITUTE;
        }
        const left = costs[start + j - 1]! + 1;
        if (left < cost) {
          cost = left;
          edit = INSERT;
        }
      }
      costs[start + j] = cost;
      if (edits) edits[start + j] = edit;
    }
  }

  /**
   * By each word of the reference the last word of the answer that stands for it or before it (−1: none), and which words
   * of both are wrong (1).
   */
  align(): { places: Int32Array; wrongWords: Uint8Array; wrongReferences: Uint8Array } {
    const { words, reference, width } = this;
    const places = new Int32Array(reference.length);
    const [wrongWords, wrongReferences] = [new Uint8Array(words.length), new Uint8Array(reference.length)];
    let [i, j] = [words.length, reference.length];
    while (i > 0 || j > 0) {
      const edit = this.edits[i * width + j]!;
      const [word, place] = [i - 1, j - 1];
      if (edit !== DELETE) {
        places[place] = word;
        wrongReferences[place] = edit === KEEP ? 0 : 1;
        j--;
      }
      if (edit !== INSERT) {
        wrongWords[word] = edit === KEEP ? 0 : 1;
        i--;
      }
    }
    return { places, wrongWords, wrongReferences };
  }
}
