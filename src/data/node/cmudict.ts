import { groupBySource, type Example, type Pair } from '../examples.js';

/** The npm package with the data; an ordinary dependency, so nothing is downloaded. */
const cmudictPackage = 'cmu-pronouncing-dictionary';

/**
 * The CMU Pronouncing Dictionary: 126,046 lower-case words, each with all its pronunciations in ARPAbet phonemes
 * separated by spaces. Nothing is filtered: words with apostrophes, dots and hyphens are kept. Trailing comments
 * (`# place, danish`) and stress digits are removed, which leaves 39 phonemes; entries `word(2)` are further
 * pronunciations of `word`; those of a word that differed in stress only become one.
 */
export async function readCmudict(): Promise<Example[]> {
  // Imported on demand: the module is a literal of 4 MB.
  const { dictionary } = await import('cmu-pronouncing-dictionary');
  return groupBySource(cmudictPairs(dictionary));
}

/** The entries of a dictionary in the form of the package, cleaned. */
export function* cmudictPairs(dictionary: Readonly<Record<string, string>>): Generator<Pair> {
  for (const entry of Object.keys(dictionary)) {
    yield {
      source: entry.replace(/\(\d+\)$/, ''),
      target: dictionary[entry]!.replace(/#.*$/, '').replace(/\d/g, '').trim(),
      origin: `${cmudictPackage}: "${entry}"`,
    };
  }
}
