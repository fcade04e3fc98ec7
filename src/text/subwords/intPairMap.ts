/**
 * A map from pairs of whole numbers from 0 to whole numbers from 0: open addressing over flat arrays, since training
 * looks up millions of pairs, and a `Map` would need a key made of both.
 */
export class IntPairMap {
  private left: Int32Array;
  private right: Int32Array;
  private values: Int32Array;
  private used = 0;

  /** @param expected entries that fit before the arrays grow. */
  constructor(expected = 512) {
    const slots = 2 ** Math.ceil(Math.log2(2 * expected + 2));
    this.left = new Int32Array(slots).fill(-1);
    this.right = new Int32Array(slots);
    this.values = new Int32Array(slots);
  }

  get size(): number {
    return this.used;
  }

  /** The value, or −1 where there is none. */
  get(left: number, right: number): number {
    const slot = this.slotOf(left, right);
    return this.left[slot] === -1 ? -1 : this.values[slot]!;
  }

  set(left: number, right: number, value: number): void {
    const slot = this.slotOf(left, right);
    this.values[slot] = value;
    if (this.left[slot] !== -1) return;
    this.left[slot] = left;
    this.right[slot] = right;
    if (++this.used * 2 > this.left.length) this.grow();
  }

  /** Where the pair is, or the free slot where it would be. */
  private slotOf(left: number, right: number): number {
    const mask = this.left.length - 1;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = this.left[slot]!;
      if (found === -1 || (found === left && this.right[slot] === right)) return slot;
    }
  }

  private grow(): void {
    const { left, right, values } = this;
    this.left = new Int32Array(2 * left.length).fill(-1);
    this.right = new Int32Array(2 * left.length);
    this.values = new Int32Array(2 * left.length);
    for (let old = 0; old < left.length; old++) {
      if (left[old] === -1) continue;
      const slot = this.slotOf(left[old]!, right[old]!);
      this.left[slot] = left[old]!;
      this.right[slot] = right[old]!;
      this.values[slot] = values[old]!;
    }
  }
}
