import { hashText } from '../tensor/random.js';

/** Seeds of the two halves of a hash. */
const [LOW, HIGH] = [0x51ed270b, 0x2c1b3c6d];

const FIRST_CAPACITY = 1 << 10;

/**
 * Texts that were seen, as hashes of 53 bits in an open-addressed table: 16 to 32 bytes a text, however long it is. Of n texts
 * one is taken for another with a probability of about n² / 2⁵⁴: of ten million, 1 in 180.
 */
export class TextSet {
  private table = new Float64Array(FIRST_CAPACITY);
  private used = 0;

  /** Number of different texts. */
  get size(): number {
    return this.used;
  }

  /** Whether the text is new; it is there from now on. */
  add(text: string): boolean {
    if (2 * this.used >= this.table.length) this.grow();
    // An empty place is 0.
    const hash = (hashText(text, HIGH) >>> 11) * 2 ** 32 + hashText(text, LOW) || 1;
    const place = this.placeOf(hash);
    if (this.table[place] === hash) return false;
    this.table[place] = hash;
    this.used++;
    return true;
  }

  /** Where a hash is, or would be. */
  private placeOf(hash: number): number {
    const mask = this.table.length - 1;
    let place = (hash % 2 ** 32) & mask;
    while (this.table[place] !== 0 && this.table[place] !== hash) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Float64Array(2 * old.length);
    for (const hash of old) if (hash !== 0) this.table[this.placeOf(hash)] = hash;
  }
}
