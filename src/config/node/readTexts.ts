import { readTsv, type Column } from '../../data/node/tsv.js';
import { splitOf, type SplitName } from '../../data/split.js';
import { readText } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { LanguageConfig } from '../languageSchema.js';
import type { TextExample } from '../languageTask.js';
import { ownData, requireExamples } from './ownData.js';
import type { EvaluatedPart } from './taskRun.js';

/** Texts of a file, one a line. */
interface TextLines {
  readonly file: string;
  readonly column: Column;
  readonly header: boolean;
}

/** What of a configuration says where its texts are. */
export interface TextsConfig<Source = { readonly text: string } | TextLines> {
  readonly data: { readonly source: Source; readonly split: LanguageConfig['data']['split'] };
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

/**
 * A part of a run's texts, or those of a file that is read as the run's own is.
 * @throws UserError as `readTexts`, and when there are none.
 */
export async function readPart(config: TextsConfig<TextLines>, part: EvaluatedPart): Promise<TextExample[]> {
  const { source } = config.data;
  const name = 'file' in part ? 'train' : part.split;
  const texts = await ('file' in part
    ? readTexts({
        data: { source: { ...source, file: part.file }, split: { seed: 1, validation: 0, test: 0 } },
      })
    : ownData(() => readTexts(config)));
  requireExamples(texts[name], name);
  return texts[name];
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
