import { askedLine, type ContextKind } from '../config/askedTexts.js';
import { askedFile, readAskedRows } from '../config/node/askedTable.js';
import type { AskedSource } from '../config/askedSources.js';
import type { TrainedRun } from '../config/node/trainedRun.js';
import type { BadRows } from '../data/badRows.js';
import { lineBlocks, readBlocks, type Line } from '../data/node/lines.js';
import type { Asked } from './answerEach.js';

/** Rows of a table that are answered together. */
const ROWS = 1024;

/** What is asked on standard input, line by line, in UTF-8. */
export async function* askedPipe(): AsyncGenerator<Asked[]> {
  const name = 'standard input';
  for await (const lines of lineBlocks(process.stdin, name)) yield askedLines(lines, name);
}

/**
 * What is asked in a file: the columns that the run reads where it is a table that names them, else line by line, in the
 * encoding of the run's table.
 * @param options.badRows where rows of a table that cannot be read are noted.
 * @param options.json whether answers are printed as JSON, in which a text may have several lines.
 */
export async function* askedInput(
  run: TrainedRun,
  file: string,
  options: { readonly badRows: BadRows; readonly json: boolean },
): AsyncGenerator<Asked[]> {
  const found = await askedFile(run.config, file);
  if ('table' in found) {
    yield* tableRows(found.table, 'contextKind' in run ? run.contextKind : 'none', options);
    return;
  }
  const { encoding, missing } = found;
  if (missing.length > 0)
    process.stderr.write(
      `heddle: ${file}: no column ${missing.map((name) => JSON.stringify(name)).join(', ')} in its first row, so each line is read as a text\n`,
    );
  for await (const lines of readBlocks(file, encoding)) yield askedLines(lines, file);
}

function askedLines(lines: readonly Line[], name: string): Asked[] {
  return lines.map(({ text, number }) => ({ text, number, origin: `${name}: line ${number}` }));
}

async function* tableRows(
  table: AskedSource,
  kind: ContextKind,
  { badRows, json }: { readonly badRows: BadRows; readonly json: boolean },
): AsyncGenerator<Asked[]> {
  let block: Asked[] = [];
  let number = 0;
  for await (const { asked, origin } of readAskedRows(table, kind, badRows)) {
    const text = json && typeof asked === 'string' ? asked : askedLine(asked);
    block.push({ text, parts: asked, origin, number: ++number });
    if (block.length < ROWS) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
