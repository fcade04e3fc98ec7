/** A WAV file of one channel, of integers of 16 bits. @param samples in [−1, 1]. */
export function wavFile(samples: ArrayLike<number>, rate: number): Buffer {
  const integers = Int16Array.from(samples, (sample) => Math.round(32767 * sample));
  const head = Buffer.alloc(44);
  head.write('RIFF\0\0\0\0WAVEfmt ');
  head.writeUInt32LE(36 + 2 * integers.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * integers.length, 40);
  return Buffer.concat([head, Buffer.from(integers.buffer)]);
}
