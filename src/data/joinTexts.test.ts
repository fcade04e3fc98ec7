import { expect, it } from 'vitest';
import { joinTexts, sharedTexts } from './joinTexts.js';
import { classLabels, valueLabels } from './labels.js';
import { packSequences } from './sequences.js';
import { TextExamples } from './textExamples.js';
import { tagLabels } from './tokenLabels.js';

const origin = (file: string) => (index: number) => `${file}: line ${index + 1}`;

it('finds what parts have in common, as often as one of them has it', () => {
  const places = sharedTexts([
    ['a', 'b', 'a'],
    ['c', 'a'],
  ]);
  expect(places.map((each) => [...each])).toEqual([
    [0, 1],
    [1, -1],
    [2, -1],
    [-1, 0],
  ]);
});

it('makes one example of a text with labels of several tasks, and none of those that it lacks', () => {
  const classed = new TextExamples(
    packSequences([[4, 5], [6], [4, 5]]),
    [classLabels([1, 0, 2], 'first')],
    origin('classes.tsv'),
  );
  const texts = packSequences([
    [7, 8, 9],
    [4, 5],
  ]);
  const tagged = new TextExamples(
    texts,
    [
      tagLabels(
        texts,
        packSequences([
          [0, 1, -1],
          [1, 0],
        ]),
        'second',
      ),
    ],
    origin('tags.tsv'),
  );
  const valued = new TextExamples(
    packSequences([[6]]),
    [valueLabels(Float32Array.of(3, NaN), 2, 'third')],
    origin('values.tsv'),
  );
  const joined = joinTexts([classed, tagged, valued]);
  expect([...joined.texts.ids]).toEqual([4, 5, 6, 4, 5, 7, 8, 9]);
  expect([...joined.texts.offsets]).toEqual([0, 2, 3, 5, 8]);
  const feeds = joined.batch(Int32Array.of(0, 1, 2, 3));
  expect([...feeds['first']!.data]).toEqual([1, 0, 2, -1]);
  expect([...feeds['second']!.data]).toEqual([1, 0, 0, 1]);
  expect([...feeds['secondRows']!.data]).toEqual([0, 1, 9, 10]);
  expect([...feeds['secondSlots']!.data]).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0]);
  expect([...feeds['third']!.data]).toEqual([NaN, NaN, 3, NaN, NaN, NaN, NaN, NaN]);
  expect([0, 1, 2, 3].map(joined.originOf)).toEqual([
    'classes.tsv: line 1',
    'classes.tsv: line 2',
    'classes.tsv: line 3',
    'tags.tsv: line 1',
  ]);
});
