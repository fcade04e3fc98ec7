import { expect, it } from 'vitest';
import { FrameSequences } from '../data/frameSequences.js';
import { packSequences } from '../data/sequences.js';
import { SpokenDataset } from '../data/spokenDataset.js';
import { UserError } from '../tensor/errors.js';
import { requireAlignable, requireFrames } from './alignable.js';

const dataset = (sources: number[][], targets: number[][]) => ({
  examples: sources.map((_, i) => ({ source: '', references: [''], origin: `words.tsv: line ${i + 1}` })),
  sources: packSequences(sources),
  targets: packSequences(targets),
  // Every target is one of the last source.
  exampleOfPair: Int32Array.from(targets, () => sources.length - 1),
});

it('lets targets pass that have just enough positions, and empty ones', () => {
  expect(() => requireAlignable(dataset([[], [4, 4, 4]], [[5, 6, 7], [5, 5], []]))).not.toThrow();
});

it('names the example whose source is too short for its target', () => {
  const refused = (target: number[]) => () => requireAlignable(dataset([[], [4, 4]], [[5], target]));
  expect(refused([5, 6, 7])).toThrow(UserError);
  expect(refused([5, 6, 7])).toThrow(
    'words.tsv: line 2: the source has 2 tokens, too few for CTC to align the target with: it has 3 tokens. Leave',
  );
  expect(refused([5, 5])).toThrow('it has 2 tokens and 1 blank between equal neighbours. Leave');
  expect(refused([5, 5, 5])).toThrow('it has 3 tokens and 2 blanks between equal neighbours. Leave');
});

it('names the recording that is too short for its text', () => {
  const recordings = (frames: number, target: number[]) => () =>
    requireFrames(
      new SpokenDataset({
        examples: [{ source: 'a.wav', references: [''], origin: 'spoken.tsv: line 1' }],
        sources: new FrameSequences({ recordings: [new Float32Array(2 * frames)], bands: 2, stride: 4 }),
        targets: packSequences([target]),
      }),
      4,
    );
  expect(recordings(9, [5, 5])).not.toThrow();
  expect(recordings(1, [])).not.toThrow();
  expect(recordings(8, [5, 5])).toThrow(
    'spoken.tsv: line 1: the recording has 8 frames, of which the encoder makes 2 positions, too few for CTC to align the text with: it has 2 tokens and 1 blank between equal neighbours. Check the text, lower the strides',
  );
});
