import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { Draw } from '../../test/support/draw.js';
import { compile } from '../../test/support/evaluate.js';
import { input } from '../tensor/tensor.js';
import { embeddingGradient } from './gather.js';

const TOKENS = 4000;
const WIDTH = 24;

/** Σ of the rows of each id, one row after the other, in float64. */
function sequentialSum(ids: ArrayLike<number>, dy: ArrayLike<number>, vocabulary: number): number[] {
  const table = new Array<number>(vocabulary * WIDTH).fill(0);
  for (let i = 0; i < TOKENS; i++)
    for (let j = 0; j < WIDTH; j++) table[ids[i]! * WIDTH + j]! += dy[i * WIDTH + j]!;
  return table;
}

// The two forms of the gradient: a one-hot product up to 256 rows, a scatter beyond.
describe.each([100, 256, 257, 1000])('embedding gradient, vocabulary %i, on 2 threads', (vocabulary) => {
  const draw = new Draw(vocabulary);
  // 4000 tokens, 5 different ids.
  const drawn = draw.ids([TOKENS], 5);
  const ids = { ...drawn, values: Array.from(drawn.values, (id) => (id === 4 ? vocabulary - 1 : id)) };
  const gradient = embeddingGradient(
    input('ids', 'int32', ['tokens']),
    input('dy', 'float32', ['tokens', WIDTH]),
    vocabulary,
  );

  it('has the same bits in 100 runs, equal to a sequential sum to rounding', async () => {
    const run = await compile({ gradient }, { threads: 2 });
    const dy = draw.normal([TOKENS, WIDTH]);
    const first = (await run({ ids, dy }))['gradient']!;
    const exact = sequentialSum(ids.values, Float32Array.from(dy.values), vocabulary);
    // About 800 additions to sums of up to 60: √800 · 60 · 2⁻²⁴.
    expectClose(first, { shape: [vocabulary, WIDTH], values: exact }, 1e-4);
    for (let i = 1; i < 100; i++) expect((await run({ ids, dy }))['gradient']!.values).toEqual(first.values);
  });

  it('equals a sequential sum exactly where sums are exact', async () => {
    const run = await compile({ gradient }, { threads: 2 });
    const dy = draw.ids([TOKENS, WIDTH], 100);
    const { values } = (await run({ ids, dy }))['gradient']!;
    expect(values).toEqual(sequentialSum(ids.values, dy.values, vocabulary));
  });
});
