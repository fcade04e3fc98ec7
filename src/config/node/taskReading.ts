import type { BadRows } from '../../data/badRows.js';
import type { Cleaner } from '../../data/cleaning.js';
import { UserError } from '../../tensor/errors.js';
import type { AugmentedTask } from '../augmentation.js';
import type { DataParts } from '../dataSummary.js';
import type { KnownEncodings } from '../initialValues.js';
import type { Cleaners } from './cleanTexts.js';

/** How data are read. */
export interface DataSource {
  readonly badRows: BadRows;
  readonly cleaners: Cleaners;
  readonly cleaner: Cleaner | undefined;
  readonly known: KnownEncodings | undefined;
}

/** What was read, and what training makes of it. */
export interface TaskReading {
  readonly parts: readonly DataParts[];
  /** Undefined where it refuses them. */
  readonly data?: AugmentedTask | undefined;
  readonly refusal?: string | undefined;
}

/** What was built, or why it was refused. */
export type Attempt<T> = { readonly built?: T; readonly refusal?: string };

/** What is built, or the message of the UserError that refuses it. */
export async function attempt<T>(build: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { built: await build() };
  } catch (error) {
    if (error instanceof UserError) return { refusal: error.message };
    throw error;
  }
}
