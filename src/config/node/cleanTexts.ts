import type { Config } from '../schema.js';
import { UserError } from '../../tensor/errors.js';
import { Cleaner, type CleaningOptions, type RawRow } from '../../data/cleaning.js';

/** What is done to a row when it is read; undefined where it is dropped. */
export type RowCleaning<Text extends string> = (row: RawRow<Text>) => RawRow<Text> | undefined;

/** What cleans the texts of a configuration; undefined where it says nothing of that. */
export function cleanerOf(options: CleaningOptions | undefined): Cleaner | undefined {
  return options && new Cleaner(options);
}

/** What cleans the texts of each of several tasks, by name; of a single task the name is ''. */
export type Cleaners = Readonly<Record<string, Cleaner | undefined>>;

export function cleanersOf(config: Config): Cleaners {
  if (config.task === 'forecasting') return {};
  if (config.task !== 'multi-task') return { '': cleanerOf(config.data.clean) };
  const tasks = Object.entries(config.tasks);
  return Object.fromEntries(tasks.map(([name, { data }]) => [name, cleanerOf(data.clean)]));
}

/**
 * What comes of rows that are cleaned while they are read.
 * @throws UserError of `read`; where cleaning left no row, whatever that led to, one that says so.
 */
export async function explained<T>(cleaners: Cleaners, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    for (const [task, cleaner] of Object.entries(cleaners))
      if (cleaner && cleaner.kept === 0 && cleaner.notes.length > 0)
        throw new UserError(
          `${task === '' ? '' : `tasks.${task}.`}data.clean leaves no row: ${cleaner.notes.join('; ')}. Loosen it.`,
          { cause: error },
        );
    throw error;
  }
}

/** All of the cleaning: for rows that are split. */
export function cleaned<Text extends string>(cleaner: Cleaner | undefined): RowCleaning<Text> | undefined {
  return cleaner && ((row) => cleaner.clean(row));
}

/** Texts in their normal form, and no row dropped: for files that figures are of. */
export function tidied<Text extends string>(cleaner: Cleaner | undefined): RowCleaning<Text> | undefined {
  return cleaner && ((row) => cleaner.tidy(row));
}
