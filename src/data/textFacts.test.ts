import { expect, it } from 'vitest';
import { textFacts } from './textFacts.js';

it('counts characters and words, and what comes again', () => {
  const facts = textFacts(['a b', 'a c', 'A, b!', '🦊']);
  expect(facts).toMatchObject({ texts: 4, alphabet: 8, vocabulary: 6, repeated: 1 });
  expect(facts.words).toEqual({ mean: 7 / 4, usual: 2, most: 2 });
  expect(facts.characters.most).toBe(5);
  // 'a b' and 'A, b!' differ by case and punctuation only.
  expect(facts.repeatedTexts).toBe(1 / 4);
});

it('says what a vocabulary would not know of new texts', () => {
  const few = Array.from({ length: 1000 }, (_, i) => `w${i % 7} w${i % 5}`);
  expect(textFacts(few).unseen).toBe(0);
  const own = Array.from({ length: 1000 }, (_, i) => `w${i} and`);
  expect(textFacts(own).unseen).toBeCloseTo(0.5, 5);
  expect(textFacts(own).unseenCharacters).toBe(0);
});

it('has nothing to say of nothing', () => {
  expect(textFacts([])).toMatchObject({ texts: 0, unseen: 0, repeatedTexts: 0, words: { mean: 0, most: 0 } });
});
