import { dirname, resolve } from 'node:path';
import { UserError } from '../../../tensor/errors.js';
import { countLabels } from '../../countLabels.js';
import type { RecordingsSurvey, TableSurvey } from '../../survey.js';
import { filesOfClasses } from '../labelledFiles.js';
import { isRecordingFile } from '../recordings.js';
import { readWav } from '../wav.js';

/** Recordings that are looked at, drawn evenly. */
const SOME = 300;

/** Looks at a folder that has a folder of WAV recordings for each class. @throws UserError where one cannot be read. */
export async function surveyRecordingFolder(folder: string): Promise<RecordingsSurvey> {
  const files = await filesOfClasses(folder, isRecordingFile, 'recordings (WAV)');
  return {
    kind: 'recordings',
    place: folder,
    classes: countLabels(files.map(({ label }) => label)),
    ...(await formOf(files.map(({ path }) => path))),
  };
}

/** The columns of a table of which one names WAV recordings; undefined where none does. */
export function recordingColumn({ rows, columns }: TableSurvey): number | undefined {
  return columns.find(
    ({ place, filled }) => filled > 0 && rows.every((row) => isRecordingFile((row[place] ?? '').trim())),
  )?.place;
}

/** Looks at a table of WAV recordings and their classes. @throws UserError where no column says classes. */
export async function surveyRecordingTable(
  table: TableSurvey,
  { file, label }: { readonly file: number; readonly label: number | undefined },
): Promise<RecordingsSurvey> {
  const { source, rows, columns, names } = table;
  const labels = columns.filter(
    ({ place, distinct }) => place !== file && distinct > 1 && distinct * 2 <= rows.length,
  );
  const chosen =
    label ??
    labels.reduce<(typeof labels)[number] | undefined>(
      (a, b) => (a && a.distinct <= b.distinct ? a : b),
      undefined,
    )?.place;
  if (chosen === undefined)
    throw new UserError(
      `${source.file}: names WAV recordings, but no column says of which class each is. Add one, or name it: --target COLUMN.`,
    );
  const paths = rows.map((row) => resolve(dirname(source.file), row[file]!.trim()));
  return {
    kind: 'recordings',
    place: source.file,
    table: { source, file: names[file]!, label: names[chosen]! },
    classes: countLabels(rows.map((row) => row[chosen]!.trim())),
    ...(await formOf(paths)),
  };
}

async function formOf(paths: readonly string[]): Promise<{ rate: number; seconds: number }> {
  const every = Math.max(1, Math.floor(paths.length / SOME));
  const rates = new Map<number, number>();
  const seconds: number[] = [];
  for (let i = 0; i < paths.length; i += every) {
    const { rate, samples } = await readWav(paths[i]!);
    rates.set(rate, (rates.get(rate) ?? 0) + 1);
    seconds.push(samples.length / rate);
  }
  seconds.sort((a, b) => a - b);
  return {
    rate: [...rates].reduce((a, b) => (b[1] > a[1] ? b : a))[0],
    seconds: seconds[Math.ceil(0.95 * seconds.length) - 1]!,
  };
}
