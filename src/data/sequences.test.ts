import { expect, it } from 'vitest';
import { packSequences, SequencePacker } from './sequences.js';

it('packs sequences end to end', () => {
  expect(packSequences([[5, 6], [], [7]])).toEqual({
    ids: Int32Array.of(5, 6, 7),
    offsets: Int32Array.of(0, 2, 2, 3),
  });
  expect(packSequences([])).toEqual({ ids: new Int32Array(0), offsets: Int32Array.of(0) });
});

it('packs more than a piece of its storage holds', () => {
  const packer = new SequencePacker();
  const long = Int32Array.from({ length: 3_000_000 }, (_, i) => i);
  for (let length = 0; length < 300; length++) packer.push(long.subarray(0, length));
  packer.push(long);
  expect(packer.count).toBe(301);
  const { ids, offsets } = packer.pack();
  for (let i = 0; i <= 300; i++) {
    const sequence = ids.subarray(offsets[i], offsets[i + 1]);
    expect(sequence.length).toBe(i < 300 ? i : long.length);
    expect(sequence.every((id, place) => id === place)).toBe(true);
  }
});
