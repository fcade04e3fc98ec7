import { describe, expect, it } from 'vitest';
import { randomBits } from '../../tensor/random.js';
import { jsonProblem } from './jsonProblem.js';

describe('jsonProblem', () => {
  it.each<[string, number, string]>([
    ['', 0, 'it ends where a value should be'],
    ['{"a": NaN}', 6, '"NaN" where a value should be'],
    ['{"a": 1 "b": 2}', 8, 'a text where a comma or } should be'],
    ['{"a": [1 2]}', 9, '"2" where a comma or ] should be'],
    ['{"a" 1}', 5, '"1" where a colon should be'],
    ["{'a': 1}", 1, `"'" where a key in double quotes or } should be`],
    ['{"a": 1,}', 8, '"}" where a key in double quotes should be'],
    ['{"a": [1,]}', 9, '"]" where a value should be'],
    ['{"a": [', 7, 'it ends where a value or ] should be'],
    ['{"a": 1', 7, 'it ends where a comma or } should be'],
    ['{"a": 1} {"a": 2}', 9, '"{" where the end of the line should be'],
    ['{"a": 1]', 7, '"]" where a comma or } should be'],
    ['{"a": 01}', 7, '"1" where a comma or } should be'],
    ['{"a": -}', 6, '"-" where a value should be'],
    ['{"a": truth}', 6, '"truth" where a value should be'],
    ['{"a": \u00a01}', 6, '"\u00a0" where a value should be'],
    ['{"a": \u00001}', 6, 'U+0000 where a value should be'],
    ['{"a": wordsthatgoonandonandon}', 6, '"wordsthatgoonandonan…" where a value should be'],
    ['{"a": "x}', 6, 'a text whose closing quote is missing'],
    ['{"a": "x\ty"}', 8, 'U+0009 inside a text, where it must be escaped'],
    ['{"a": "C:\\data"}', 9, '"\\d", which is no escape'],
    ['{"a": "\\u12"}', 7, '"\\u", which is no escape'],
  ])('%j', (text, at, reason) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(jsonProblem(text)).toEqual({ at, reason });
  });

  it('reads brackets as deep as they lie', () => {
    expect(jsonProblem('['.repeat(200_000))?.at).toBe(200_000);
  });

  it('refuses what JSON.parse refuses, and nothing else', () => {
    const whole = JSON.stringify({
      text: 'Straße "x" \\ \n 😀',
      list: [1, -2.5e-7, [], {}, [true, false, null]],
      in: { de: '', 'a.b': 0 },
    });
    const signs = [...'{}[]:,"\\ -+.019eEu\ttfn😀'];
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      let text = round % 2 ? whole : ` ${JSON.stringify(JSON.parse(whole), null, 1)} `;
      for (let change = 0; change <= round % 3; change++) {
        const at = randomBits(round, 3 * change) % text.length;
        const sign = signs[randomBits(round, 3 * change + 1) % signs.length]!;
        // What was there is dropped or kept.
        text = text.slice(0, at) + sign + text.slice(at + (randomBits(round, 3 * change + 2) % 3));
      }
      const problem = jsonProblem(text);
      const parses = () => JSON.parse(text) as unknown;
      if (problem) {
        refused++;
        expect(parses, text).toThrow(SyntaxError);
        expect(problem.at).toBeLessThanOrEqual(text.length);
      } else expect(parses, text).not.toThrow();
    }
    expect(refused).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(5000);
  });
});
