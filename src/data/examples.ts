import { UserError } from '../tensor/errors.js';
import { marksOf, type SplitMarks } from './splitMarks.js';

/** One row of a data set: a source and one target. */
export interface Pair extends SplitMarks {
  readonly source: string;
  readonly target: string;
  /** Where it stands, for messages: `words.tsv: line 12`. */
  readonly origin: string;
}

/**
 * A source with every target listed for it. Training uses each (source, reference) as a pair; evaluation asks for
 * one answer per example and counts any of the references as correct.
 */
export interface Example extends SplitMarks {
  readonly source: string;
  /** At least one, all different, in the order in which they were listed. */
  readonly references: readonly string[];
  /** Where it was first seen. */
  readonly origin: string;
}

/**
 * Gathers pairs into examples, one per source, in the order in which the sources first occur. Texts are normalised
 * to NFC, so that two spellings of one text cannot fall into different splits; a pair that occurs again is dropped. Of rows
 * with another group or time a source is another example.
 * @throws UserError for a blank source, and when there is no pair at all.
 */
export async function groupBySource(pairs: Iterable<Pair> | AsyncIterable<Pair>): Promise<Example[]> {
  const examples = new Map<string, Example & { readonly references: string[] }>();
  for await (const { source: text, target, origin, group, time } of pairs) {
    const source = text.normalize('NFC');
    requireText(source, 'source', origin);
    const reference = target.normalize('NFC');
    const key = group === undefined && time === undefined ? source : JSON.stringify([source, group, time]);
    const example = examples.get(key);
    if (!example) examples.set(key, { source, references: [reference], origin, ...marksOf({ group, time }) });
    else if (!example.references.includes(reference)) example.references.push(reference);
  }
  if (examples.size === 0) throw new UserError('the data set has no examples.');
  return [...examples.values()];
}

/** The examples with one of each source, in the order in which the sources first occur; they have no group or time any more. */
export function joinSources(examples: readonly Example[]): Example[] {
  const joined = new Map<string, Example & { readonly references: string[] }>();
  for (const { source, references, origin } of examples) {
    const known = joined.get(source);
    if (!known) joined.set(source, { source, references: [...references], origin });
    else known.references.push(...references.filter((each) => !known.references.includes(each)));
  }
  return [...joined.values()];
}

/** @throws UserError for a text of a row that is blank. @param name what the text is. */
export function requireText(text: string, name: string, origin: string): void {
  if (text.trim() === '')
    throw new UserError(`${origin}: the ${name} is empty. Give it a text, or remove the row.`);
}
