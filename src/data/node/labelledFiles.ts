import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readError } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { BadRows } from '../badRows.js';
import { requireText } from '../examples.js';
import { SplitColumns } from '../splitColumns.js';
import type { SplitMarks } from '../splitMarks.js';
import type { Column, TableSource } from '../tableSource.js';
import { isFolder } from './dataSetFolder.js';
import { readRows } from './rows.js';

/** A file that is one example. */
export interface LabelledFile extends SplitMarks {
  readonly path: string;
  /** As its folder or its table names it, without the way there from the root. */
  readonly name: string;
  readonly label: string;
}

/**
 * The files of a folder that has a folder for each class, named after the class, in the order of their names.
 * @param wanted whether a file is of the kind that is read, by its name.
 * @param kind in words, for messages.
 * @throws UserError when there is no such folder, or no file in it.
 */
export async function filesOfClasses(
  folder: string,
  wanted: (name: string) => boolean,
  kind: string,
): Promise<LabelledFile[]> {
  const files: LabelledFile[] = [];
  try {
    const entries = (await readdir(folder)).filter(isShown).sort();
    // Links to folders count as well.
    for (const name of entries) {
      if (!(await isFolder(join(folder, name)))) continue;
      const inside = (await readdir(join(folder, name))).filter((file) => isShown(file) && wanted(file));
      for (const file of inside.sort())
        files.push({
          path: join(folder, name, file),
          name: `${name}/${file}`,
          label: name.normalize('NFC'),
        });
    }
  } catch (error) {
    throw readError(folder, error);
  }
  if (files.length > 0) return files;
  throw new UserError(`${folder}: no ${kind}. There must be a folder for each class, with such files in it.`);
}

/** What begins with a dot is of the system or of a program: .DS_Store, ._cat.png. */
function isShown(name: string): boolean {
  return !name.startsWith('.');
}

/**
 * The files that a table names, by their paths from its folder.
 * @param split the columns that they are split by; none by default.
 * @throws UserError as `readRows`, and as `SplitColumns`.
 */
export async function filesInTable(
  source: TableSource,
  columns: Readonly<Record<'file' | 'label', Column>>,
  badRows: BadRows,
  split = new SplitColumns(),
): Promise<LabelledFile[]> {
  const files: LabelledFile[] = [];
  const wanted: Readonly<Record<string, Column>> = { ...columns, ...split.columns };
  for await (const { fields, origin } of readRows(source, wanted, { badRows })) {
    const [path, label] = [fields['file']!, fields['label']!];
    const file = badRows.attempt(origin, () => {
      requireText(path, 'file', origin);
      requireText(label, 'label', origin);
      return {
        path: resolve(dirname(source.file), path),
        name: isAbsolute(path) ? basename(path) : path,
        label: label.normalize('NFC').trim(),
        ...split.marks(fields, origin),
      };
    });
    if (file) files.push(file);
  }
  return files;
}
