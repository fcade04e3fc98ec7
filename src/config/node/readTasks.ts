import { BadRows } from '../../data/badRows.js';
import type { HeadConfig, MultiTaskConfig } from '../multiTaskSchema.js';
import type { Cleaner } from '../../data/cleaning.js';
import { asRegression } from '../taskConfigs.js';
import type { TaskData, TasksData } from '../taskData.js';
import { cleanersOf } from './cleanTexts.js';
import { readLabelledSplits } from './readLabelled.js';
import { readTagged } from './readTagged.js';
import { readValued } from './readValued.js';

/** Reads the data of each task, split as if it were the only one. @throws UserError naming the file and the line. */
export async function readTasks(
  config: MultiTaskConfig,
  badRows = new BadRows(),
  cleaners = cleanersOf(config),
): Promise<TasksData> {
  const read: Record<string, TaskData> = {};
  for (const [name, head] of Object.entries(config.tasks))
    read[name] = await readTask(config, name, head, {
      badRows: badRows.under(head.data.onBadRow),
      cleaner: cleaners[name],
    });
  return read;
}

async function readTask(
  config: MultiTaskConfig,
  name: string,
  { task, data }: HeadConfig,
  { badRows, cleaner }: { readonly badRows: BadRows; readonly cleaner: Cleaner | undefined },
): Promise<TaskData> {
  switch (task) {
    case 'classification':
      return { task, data: await readLabelledSplits(data, badRows, cleaner) };
    case 'tagging':
      return { task, data: await readTagged(data, badRows, cleaner) };
    case 'regression':
      return { task, data: await readValued(asRegression(config, name), badRows, cleaner) };
  }
}
