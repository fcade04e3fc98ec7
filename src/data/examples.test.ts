import { describe, expect, it } from 'vitest';
import { groupBySource } from './examples.js';

const pair = (source: string, target: string, line = 1) => ({
  source,
  target,
  origin: `words.tsv: line ${line}`,
});

describe('groupBySource', () => {
  it('gathers targets under their source, in order, each once', async () => {
    const pairs = [
      pair('b', 'x', 1),
      pair('a', 'x', 2),
      pair('b', 'y', 3),
      pair('b', 'x', 4),
      pair('a', '', 5),
    ];
    expect(await groupBySource(pairs)).toEqual([
      { source: 'b', references: ['x', 'y'], origin: 'words.tsv: line 1' },
      { source: 'a', references: ['x', ''], origin: 'words.tsv: line 2' },
    ]);
  });

  it('takes two spellings of one text as the same', async () => {
    const examples = await groupBySource([pair('caf\u00e9', 'e\u0301'), pair('cafe\u0301', '\u00e9')]);
    expect(examples).toHaveLength(1);
    expect(examples[0]!.references).toEqual(['\u00e9']);
  });

  it('reads an asynchronous source and keeps words like constructor', async () => {
    const pairs = async function* () {
      yield pair('constructor', '1');
      yield pair('__proto__', '2');
    };
    expect(await groupBySource(pairs())).toHaveLength(2);
  });

  it('names the row with an empty source, and refuses nothing', async () => {
    await expect(groupBySource([pair('a', 'b'), pair(' ', 'x', 7)])).rejects.toThrow(
      'words.tsv: line 7: the source is empty',
    );
    await expect(groupBySource([])).rejects.toThrow('no examples');
  });
});
