import type { Example, Pair } from '../examples.js';
import { TextSet } from '../textSet.js';
import { TemporaryFile } from './temporaryFile.js';

/** Characters that are gathered before they are written, and bytes that are read together. */
const PIECE = 1 << 20;

const NEWLINE = 0x0a;

/** Source, target, where it stands, and whether the source comes for the first time. */
type Line = readonly [source: string, target: string, origin: string, isNew: 0 | 1];

/** Texts of pairs on their way to the disk. */
export class SpilledPairsWriter {
  private readonly file = new TemporaryFile();
  private readonly pairs = new TextSet();
  private readonly sources = new TextSet();
  private waiting: string[] = [];
  private waitingCharacters = 0;

  /** Takes a pair, unless it was there already. */
  add({ source, target, origin }: Pair): void {
    if (!this.pairs.add(JSON.stringify([source, target]))) return;
    const row: Line = [source, target, origin, this.sources.add(source) ? 1 : 0];
    const line = `${JSON.stringify(row)}\n`;
    this.waiting.push(line);
    this.waitingCharacters += line.length;
    if (this.waitingCharacters >= PIECE) this.flush();
  }

  /** The pairs, to be read; the writer takes no more. */
  finish(): SpilledPairs {
    this.flush();
    return new SpilledPairs(this.file, this.pairs.size, this.sources.size);
  }

  private flush(): void {
    this.file.append(new TextEncoder().encode(this.waiting.join('')));
    this.waiting = [];
    this.waitingCharacters = 0;
  }
}

/** Pairs in a temporary file, each once, in the order in which they came. */
export class SpilledPairs {
  constructor(
    private readonly file: TemporaryFile,
    /** Number of pairs. */
    readonly count: number,
    /** Number of different sources. */
    readonly sourceCount: number,
  ) {}

  /** Each source once. */
  get sources(): Iterable<string> {
    return again(() => mapped(this.lines(), ([source, , , isNew]) => (isNew ? source : undefined)));
  }

  /** The target of each pair. */
  get targets(): Iterable<string> {
    return again(() => mapped(this.lines(), ([, target]) => target));
  }

  /** Each pair as an example of its own. */
  get examples(): Iterable<Example> {
    return again(() =>
      mapped(this.lines(), ([source, target, origin]) => ({ source, references: [target], origin })),
    );
  }

  private *lines(): Generator<Line> {
    const decoder = new TextDecoder();
    let rest = new Uint8Array();
    for (let position = 0; position < this.file.length;) {
      const block = new Uint8Array(rest.length + PIECE);
      block.set(rest);
      const read = this.file.read(block.subarray(rest.length), position);
      position += read;
      const whole = block.subarray(0, rest.length + read);
      let start = 0;
      for (let end = whole.indexOf(NEWLINE); end >= 0; end = whole.indexOf(NEWLINE, start)) {
        yield JSON.parse(decoder.decode(whole.subarray(start, end))) as Line;
        start = end + 1;
      }
      rest = whole.slice(start);
    }
  }
}

/** What can be gone through any number of times. */
function again<T>(items: () => Iterator<T>): Iterable<T> {
  return { [Symbol.iterator]: items };
}

/** What a function makes of items, without those of which it makes nothing. */
function* mapped<From, To>(items: Iterable<From>, of: (item: From) => To | undefined): Generator<To> {
  for (const item of items) {
    const made = of(item);
    if (made !== undefined) yield made;
  }
}
