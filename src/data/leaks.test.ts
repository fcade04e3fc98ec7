import { expect, it } from 'vitest';
import { findLeaks, normalizedText } from './leaks.js';

it('finds texts that stand in two parts, however they are written', () => {
  const leaks = findLeaks({
    train: ['Win a PRIZE!', 'see you', '...', 'once', 'once'],
    validation: ['see you', 'new'],
    test: ['win a prize', 'See you.', '!!!', 'another'],
  });
  expect(leaks).toEqual([
    { parts: ['train', 'validation'], texts: ['see you', 'see you'] },
    { parts: ['train', 'test'], texts: ['Win a PRIZE!', 'win a prize'] },
    { parts: ['train', 'test'], texts: ['see you', 'See you.'] },
  ]);
});

it.each([
  ['Ａｂ  C，d', 'abcd'],
  ['你好，世界！', '你好世界'],
  ['e\u0301', 'é'],
  ['हिन्दी', 'हिन्दी'],
])('reads %s as %s', (text, expected) => {
  expect(normalizedText(text)).toBe(expected);
});
