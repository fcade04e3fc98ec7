import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { exists, readError, readText } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { TableFormat } from '../tableSource.js';
import { formatOf } from './tableFormat.js';

/** Which files of a folder are meant. */
export interface DataSetPart {
  /** One of several data sets in the folder. */
  readonly subset?: string;
  readonly split: string;
}

/** Words in a path that tell of which split a file is, as the Hugging Face Hub reads them. */
const splitWords: Readonly<Record<string, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'dev', 'val'],
  test: ['test', 'testing', 'eval', 'evaluation'],
};

/** Of several formats beside each other the first is read. */
const preference: readonly TableFormat[] = ['parquet', 'jsonl', 'csv', 'tsv'];

/** Files that say something about the data. */
const about = new Set(['dataset_infos.json', 'dataset_info.json', 'dataset_dict.json', 'state.json']);

/** Whether a path leads to a folder. @throws UserError when there is nothing, or it cannot be looked at. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw readError(path, error);
  }
}

/**
 * The files of a split of a Hugging Face data set, as a clone or a download of its repository lays them out: those that
 * `configs` in the front matter of README.md names, else those whose path has the name of the split in it
 * (`data/train-00000-of-00002.parquet`, `test.csv`, `validation/part.jsonl`); where no path names a split, all are of
 * 'train'.
 * @returns in the order of their names; undefined where the data set has no such split.
 * @throws UserError when the folder has no tables, or several subsets and none is chosen.
 */
export async function dataSetFiles(
  folder: string,
  { subset, split }: DataSetPart,
): Promise<string[] | undefined> {
  const files = await tablesIn(folder);
  const declared = await declaredSubsets(folder);
  const splits = declared
    ? filesOf(chosen(declared, subset, folder), files)
    : byName(within(files, subset, folder));
  return splits.get(split)?.map((file) => join(folder, file));
}

/** As {@link dataSetFiles}. @throws UserError also where the data set has no such split. */
export async function requireDataSetFiles(folder: string, part: DataSetPart): Promise<string[]> {
  const files = await dataSetFiles(folder, part);
  if (files) return files;
  throw new UserError(
    `${folder}: no files of a split '${part.split}'. Name another one (split), or give the file.`,
  );
}

/** The tables below a folder, as paths from there, sorted. */
async function tablesIn(folder: string): Promise<string[]> {
  const all = (await readdir(folder, { recursive: true }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')) && !about.has(basename(path)))
    .sort();
  const tables = all.filter((path) => formatOf(path) !== undefined);
  if (tables.length > 0) return tables;
  const arrow = all.some((path) => path.endsWith('.arrow'));
  throw new UserError(
    arrow
      ? `${folder}: holds Arrow files, which are not read. Write them as Parquet: in Python, dataset.to_parquet("train.parquet").`
      : `${folder}: holds no tables. Give a file, or a folder with .parquet, .jsonl, .csv or .tsv files.`,
  );
}

/** Patterns of files by split. */
type Patterns = ReadonlyMap<string, readonly string[]>;

interface Subset {
  readonly name: string;
  readonly usual: boolean;
  readonly patterns: Patterns;
}

/** What `configs` in the front matter of README.md says; undefined where it says nothing. */
async function declaredSubsets(folder: string): Promise<Subset[] | undefined> {
  const readme = join(folder, 'README.md');
  if (!(await exists(readme))) return undefined;
  const front = /^---\r?\n([\s\S]*?)\r?\n---\s*(\r?\n|$)/.exec(await readText(readme, { allowEmpty: true }));
  if (!front) return undefined;
  let card: unknown;
  try {
    card = parse(front[1]!);
  } catch (error) {
    throw new UserError(`${readme}: its front matter is not valid YAML (${(error as Error).message}).`, {
      cause: error,
    });
  }
  const configs = (card as { configs?: unknown } | null)?.configs;
  if (!Array.isArray(configs)) return undefined;
  const subsets = configs.flatMap((config: Record<string, unknown>): Subset[] => {
    const patterns = patternsOf(config['data_files']);
    if (!patterns) return [];
    const name = String(config['config_name'] ?? 'default');
    return [{ name, usual: config['default'] === true || name === 'default', patterns }];
  });
  return subsets.length > 0 ? subsets : undefined;
}

/** `data_files` is a pattern, a list of them, or a list of splits with their patterns. */
function patternsOf(files: unknown): Patterns | undefined {
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
  if (typeof files === 'string') return new Map([['train', [files]]]);
  if (!Array.isArray(files)) return undefined;
  if (files.every((each) => typeof each === 'string')) return new Map([['train', files]]);
  return new Map(
    files.map((each: { split?: unknown; path?: unknown }) => [
      String(each.split ?? 'train'),
      texts(each.path),
    ]),
  );
}

function chosen(subsets: readonly Subset[], name: string | undefined, folder: string): Patterns {
  const found =
    name === undefined
      ? (subsets.find(({ usual }) => usual) ?? (subsets.length === 1 ? subsets[0] : undefined))
      : subsets.find((each) => each.name === name);
  if (found) return found.patterns;
  const names = subsets.map((each) => each.name).join(', ');
  throw new UserError(
    name === undefined
      ? `${folder}: has several data sets. Choose one (subset): ${names}.`
      : `${folder}: has no data set '${name}' (subset). It has ${names}.`,
  );
}

function filesOf(patterns: Patterns, files: readonly string[]): Map<string, string[]> {
  const matches = (list: readonly string[]) => {
    const expressions = list.map(globExpression);
    return files.filter((file) => expressions.some((expression) => expression.test(file)));
  };
  return new Map(
    [...patterns]
      .map(([split, list]) => [split, matches(list)] as const)
      .filter(([, found]) => found.length > 0),
  );
}

/** `data/train-*.parquet`, `**` over folders. */
function globExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((piece, i) => {
      if (i % 2 === 0) return piece.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
      return { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }[piece];
    })
    .join('');
  return new RegExp(`^${source}$`);
}

/** Where README.md names no subsets, they are folders. */
function within(files: readonly string[], subset: string | undefined, folder: string): string[] {
  if (subset === undefined) return [...files];
  const own = files.filter((file) => file.startsWith(`${subset}/`));
  if (own.length > 0) return own;
  throw new UserError(`${folder}: has no folder ${subset} with tables in it (subset).`);
}

function byName(files: readonly string[]): Map<string, string[]> {
  const format = preference.find((each) => files.some((file) => formatOf(file) === each));
  const own = files.filter((file) => formatOf(file) === format);
  const splits = new Map<string, string[]>();
  for (const file of own) {
    const split = splitIn(file);
    if (split !== undefined) splits.set(split, [...(splits.get(split) ?? []), file]);
  }
  return splits.size > 0 ? splits : new Map([['train', own]]);
}

/** The split that a path names: `data/dev.csv` is of 'validation'. */
function splitIn(path: string): string | undefined {
  const words = new Set(path.toLowerCase().split(/[^a-z]+/));
  return Object.keys(splitWords).find((split) => splitWords[split]!.some((word) => words.has(word)));
}
