import { basename, dirname, extname, resolve } from 'node:path';
import { readText } from '../../formats/node/files.js';
import { parseConfig } from '../parseConfig.js';
import type { Config, TableConfig } from '../schema.js';

/**
 * Reads a configuration file. Data files are found from its folder; a run without a name is named after the file.
 * @param overrides see {@link parseConfig}.
 * @throws UserError naming the file, the line and the key.
 */
export async function readConfig(
  path: string,
  overrides: readonly string[] = [],
): Promise<Config & { readonly name: string }> {
  const config = parseConfig(await readText(path), path, overrides);
  const absolute = <T extends TableConfig | undefined>(table: T): T =>
    table && { ...table, file: resolve(dirname(path), table.file) };
  const { source, validation, test } = config.data;
  return {
    ...config,
    name: config.name ?? basename(path, extname(path)),
    data: {
      ...config.data,
      source: 'file' in source ? absolute(source) : source,
      ...(validation && { validation: absolute(validation) }),
      ...(test && { test: absolute(test) }),
    },
  };
}
