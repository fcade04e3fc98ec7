import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../tensor/errors.js';
import { convertConll, isConll } from '../../conll.js';
import { sniffTable } from '../../sniffTable.js';
import type { Survey, TextSurvey } from '../../survey.js';
import type { TableSource } from '../../tableSource.js';
import { isFolder } from '../dataSetFolder.js';
import { isImageFile } from '../imageFolder.js';
import { readBlocks } from '../lines.js';
import { isRecordingFile } from '../recordings.js';
import { formatOf } from '../tableFormat.js';
import { readHead, type Head } from './readHead.js';
import { isIdx, surveyIdx } from './surveyIdx.js';
import { surveyImageFolder } from './surveyImages.js';
import { recordingColumn, surveyRecordingFolder, surveyRecordingTable } from './surveyRecordings.js';
import { surveyTable } from './surveyTable.js';

/** What the user said of the data. */
export interface SurveyOptions {
  /** The column that says the class of recordings, by name or place. */
  readonly target?: string | undefined;
  /** One of several data sets in a folder. */
  readonly subset?: string | undefined;
  /** Whether the first row of a TSV or CSV file names the columns; by default that is recognised. */
  readonly header?: boolean | undefined;
}

/**
 * Looks at a file or folder and tells by its content what it is.
 * @throws UserError naming what was found where nothing fits, and what to do.
 */
export async function surveyData(
  path: string,
  { target, subset, header }: SurveyOptions = {},
): Promise<Survey> {
  if (await isFolder(path)) {
    if (header !== undefined) throw unheeded(path, 'a folder');
    return surveyFolder(path, subset);
  }
  const found = await readHead(path);
  if (!found || found.head.length === 0)
    throw new UserError(`${path}: the file is empty. Give a file with content.`);
  if (isIdx(found.head)) return surveyIdx(path, false);
  const source = sourceOf(path, found);
  if (source.format === 'text') {
    if (header !== undefined) throw unheeded(path, 'plain text');
    return surveyText(source);
  }
  const table = await surveyTable({ ...source, ...(header !== undefined && { header }) });
  const file = recordingColumn(table);
  if (file === undefined) return table;
  const label = target === undefined ? undefined : placeOf(table.names, target);
  return surveyRecordingTable(table, { file, label });
}

/** What is said of a header where none can be. */
function unheeded(path: string, what: string): UserError {
  return new UserError(`${path}: is ${what}, and only TSV and CSV files have a header. Leave --header out.`);
}

/** The place of a column that the user names, or gives the place of. @throws UserError when there is none. */
function placeOf(names: readonly (string | number)[], asked: string): number {
  const named = names.findIndex((name) => String(name) === asked);
  const place = named >= 0 ? named : names.findIndex((_, i) => String(i) === asked);
  if (place >= 0) return place;
  throw new UserError(`--target ${asked}: no such column. The table has ${names.join(', ')}.`);
}

async function surveyFolder(folder: string, subset: string | undefined): Promise<Survey> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  for (const { name } of folders) {
    const inside = await readdir(join(folder, name));
    if (inside.some(isRecordingFile)) return surveyRecordingFolder(folder);
    if (inside.some(isImageFile)) return surveyImageFolder(folder);
  }
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  if (files.some((name) => isRecordingFile(name) || isImageFile(name)))
    throw new UserError(
      `${folder}: holds ${files.some(isRecordingFile) ? 'recordings' : 'images'}, but nothing says of which class each is. Put those of each class into a folder named after it${files.some(isRecordingFile) ? ', or write a table of their paths and classes' : ''}.`,
    );
  for (const name of files) {
    const found = await readHead(join(folder, name));
    if (found && isIdx(found.head)) return surveyIdx(folder, true);
  }
  return surveyTable({ file: folder, ...(subset !== undefined && { subset }) });
}

/** How a file is written: as its beginning shows, and in doubt as its name says. */
function sourceOf(file: string, { head, zipped }: Head): TableSource {
  if (zipped && !/\.gz$/i.test(file))
    throw new UserError(`${file}: is compressed by gzip, but its name does not say so. Let it end in .gz.`);
  const named = formatOf(file);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1')
    return named === 'parquet' ? { file } : { file, format: 'parquet' };
  const encoding = encodingOf(head);
  if (head.includes(0) && encoding?.startsWith('utf-16') !== true)
    throw new UserError(
      `${file}: neither text nor a format that is known (TSV, CSV, JSON Lines, Parquet, plain text, IDX, folders of PNG, JPEG or WAV). Convert it to one of these.`,
    );
  const text = new TextDecoder(encoding ?? 'utf-8').decode(head);
  const lines = text.split(/\r?\n/);
  // The last line may be cut.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  if (isConll(whole)) throw new UserError(`${file}: ${convertConll}`);
  const { format, separator } = sniffTable(whole);
  return { file, format, ...(separator && { separator }), ...(encoding && { encoding }) };
}

/** Undefined for UTF-8. */
function encodingOf(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return [undefined, 'gb18030', 'windows-1252'].find((name) => {
    try {
      // A stream, because the end may be cut within a character.
      new TextDecoder(name, { fatal: true }).decode(head, { stream: true });
      return true;
    } catch {
      return false;
    }
  });
}

/** Lines that are kept of a text. */
const LINES = 200_000;

async function surveyText({ file, encoding }: TableSource): Promise<TextSurvey> {
  const lines: string[] = [];
  let characters = 0;
  for await (const block of readBlocks(file, encoding))
    for (const { text } of block) {
      characters += text.length + 1;
      if (lines.length < LINES) lines.push(text);
    }
  return { kind: 'text', file, ...(encoding && { encoding }), lines, characters };
}
