/** What the letters of `spell` sound like, in Hz. */
const pitches: Readonly<Record<string, number>> = { a: 300, b: 700, c: 1300, d: 2200 };

/** A word of the letters a to d as tones of about 80 ms, with 40 ms of silence before, between and behind. */
export function spell(word: string, rate: number): Float32Array {
  const [silence, tone] = [Math.round(0.04 * rate), Math.round(0.08 * rate)];
  const samples: number[] = new Array<number>(silence).fill(0);
  for (const letter of word) {
    const step = (2 * Math.PI * pitches[letter]!) / rate;
    for (let i = 0; i < tone; i++) samples.push(0.3 * Math.sin(step * i));
    for (let i = 0; i < silence; i++) samples.push(0);
  }
  return Float32Array.from(samples);
}

/** Words of 1 to 4 of the letters a to d; every fourth has 4, and up to 256 words no two of those are equal. */
export function spelledWords(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    // The digits of numbers that jump about, without the leading one that keeps zeros.
    const digits = (256 + ((i * 89) % 256)).toString(4).slice(1);
    return [...digits.slice(0, 1 + (i % 4))].map((digit) => 'abcd'[Number(digit)]!).join('');
  });
}
