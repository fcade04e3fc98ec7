import { readTsv, type Column } from '../../data/node/tsv.js';
import { splitOf, type SplitName } from '../../data/split.js';
import { readText } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { LanguageConfig } from '../languageSchema.js';
import type { TextExample } from '../languageTask.js';

/** What of a configuration says where its texts are. */
export interface TextsConfig {
  readonly data: {
    readonly source:
      | { readonly text: string }
      | { readonly file: string; readonly column: Column; readonly header: boolean };
    readonly split: LanguageConfig['data']['split'];
  };
}

/**
 * Reads the texts of a configuration, split: one long text at two places, so that its end is set aside, many texts by a
 * hash of each.
 * @throws UserError naming the file and the line.
 */
export async function readTexts({
  data: { source, split },
}: TextsConfig): Promise<Record<SplitName, TextExample[]>> {
  if ('text' in source) return cutText(await readText(source.text), source.text, split);
  const { file, column, header } = source;
  const splits: Record<SplitName, TextExample[]> = { train: [], validation: [], test: [] };
  for await (const row of readTsv(file, { columns: { source: column, target: column }, header })) {
    const text = row.source.normalize('NFC');
    if (text === '')
      throw new UserError(`${row.origin}: the text is empty. Give it a text, or remove the row.`);
    splits[splitOf(text, split)].push({ text, origin: row.origin });
  }
  return splits;
}

function cutText(
  text: string,
  origin: string,
  { validation, test }: LanguageConfig['data']['split'],
): Record<SplitName, TextExample[]> {
  const [first, second] = [1 - validation - test, 1 - test].map((share) => placeIn(text, share));
  const part = (from: number, to: number) => (from < to ? [{ text: text.slice(from, to), origin }] : []);
  return {
    train: part(0, first!),
    validation: part(first!, second!),
    test: part(second!, text.length),
  };
}

/** Where a share of a text ends, never inside of a character. */
function placeIn(text: string, share: number): number {
  const place = Math.round(text.length * share);
  return /^[\uDC00-\uDFFF]/.test(text.slice(place, place + 1)) ? place - 1 : place;
}
