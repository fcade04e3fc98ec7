import { expect, it } from 'vitest';
import type { Metrics } from '../train/trainer.js';
import { parseConfig } from './parseConfig.js';
import { terNotes } from './terNotes.js';

function notesOf(metrics: string, measured: Metrics = { ter: 90 }): string[] {
  const config = parseConfig(`data: { source: { file: pairs.tsv } }\nmetrics: ${metrics}\n`, 'pairs.yaml');
  if (config.task !== 'sequence-to-sequence') throw new Error('The task is another.');
  return terNotes(config.metrics, measured);
}

it('TER that counts whole sentences is told of, where BLEU says that texts have no spaces', () => {
  expect(notesOf('{ bleu: { tokenizer: zh } }')).toEqual([
    expect.stringMatching(/^TER takes a text without spaces for one word; with metrics\.ter: /),
  ]);
  expect(notesOf('{ bleu: { tokenizer: char }, ter: { asian: true } }')).toHaveLength(1);
});

it.each<[string, string, Metrics?]>([
  ['BLEU has words', '{}'],
  ['TER cuts characters', '{ bleu: { tokenizer: zh }, ter: { normalized: true, asian: true } }'],
  ['TER is not measured', '{ bleu: { tokenizer: zh } }', { bleu: 20 }],
])('there is nothing to tell where %s', (_, metrics, measured) => {
  expect(notesOf(metrics, measured)).toEqual([]);
});
