import type { BadRows } from '../../data/badRows.js';
import type { Cleaner } from '../../data/cleaning.js';
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
