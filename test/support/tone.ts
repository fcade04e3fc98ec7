import { wavFile } from './wavFile.js';

/** A tone of half a second, as a WAV file of integers of 16 bits. */
export function tone(hertz: number, rate: number): Buffer {
  const sine = (_: unknown, i: number) => 0.27 * Math.sin((2 * Math.PI * hertz * i) / rate);
  return wavFile(Array.from({ length: rate / 2 }, sine), rate);
}
