import { basename, dirname, extname, resolve } from 'node:path';
import { readText } from '../../formats/node/files.js';
import { parseConfig } from '../parseConfig.js';
import { asRunName } from '../runName.js';
import type { Config } from '../schema.js';

/** A configuration whose run has a name. */
export type NamedConfig = Config & { readonly name: string };

/**
 * Reads a configuration file. Data files are found from its folder; a run without a name is named after the file.
 * @param overrides see {@link parseConfig}.
 * @throws UserError naming the file, the line and the key.
 */
export async function readConfig(path: string, overrides: readonly string[] = []): Promise<NamedConfig> {
  return resolveConfig(await readText(path), path, overrides);
}

/** The configuration that the text of a file is; see {@link readConfig}. */
export function resolveConfig(text: string, path: string, overrides: readonly string[] = []): NamedConfig {
  const config = parseConfig(text, path, overrides);
  const folder = dirname(path);
  const { initial } = config.training;
  const found =
    'tasks' in config ? { tasks: tasksFrom(config.tasks, folder) } : { data: dataFrom(config.data, folder) };
  return {
    ...config,
    training: { ...config.training, initial: withAbsolutePaths(initial, folder) },
    name: config.name ?? asRunName(basename(path, extname(path))),
    ...found,
  } as NamedConfig;
}

/** The tasks of a configuration, each with data of its own. */
function tasksFrom(tasks: Readonly<Record<string, { readonly data: object }>>, folder: string): object {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, { ...task, data: dataFrom(task.data, folder) }]),
  );
}

/** The parts of the data, with absolute paths. */
function dataFrom(data: object, folder: string): object {
  return Object.fromEntries(
    Object.entries(data).map(([name, part]) => [name, withAbsolutePaths(part, folder)]),
  );
}

/** Keys that name files; beside a file, `text` is one of its columns. */
const fileKeys = ['file', 'folder', 'recordings', 'text', 'images', 'labels', 'vectors', 'run'];

function withAbsolutePaths(part: unknown, folder: string): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const namesFile = (key: string) => fileKeys.includes(key) && !(key === 'text' && 'file' in part);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      namesFile(key) && typeof value === 'string' ? absolutePath(value, folder) : value,
    ]),
  );
}

const DATA = '$HEDDLE_DATA/';

/** A path from the configuration's folder, or from the folder of data sets that the environment names. */
function absolutePath(path: string, folder: string): string {
  return path.startsWith(DATA)
    ? resolve(process.env['HEDDLE_DATA'] ?? 'data', path.slice(DATA.length))
    : resolve(folder, path);
}
