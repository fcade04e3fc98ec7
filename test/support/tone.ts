/** A tone of half a second, as a WAV file of integers of 16 bits. */
export function tone(hertz: number, rate: number): Buffer {
  const samples = Int16Array.from(
    { length: rate / 2 },
    (_, i) => 9000 * Math.sin((2 * Math.PI * hertz * i) / rate),
  );
  const head = Buffer.alloc(44);
  head.write('RIFF\0\0\0\0WAVEfmt ');
  head.writeUInt32LE(36 + 2 * samples.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * samples.length, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}
