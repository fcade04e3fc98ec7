import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const isShort = process.env['HEDDLE_SYSTEM'] === 'short';
const count = isShort ? 200_000 : 1_000_000;

// The peak is read from /proc.
const measurable = process.platform === 'linux';
if (!measurable) console.warn('the memory of streaming rows is not tested: it is measured on Linux only');

it.runIf(measurable)(`${count} rows are streamed and shuffled in under 300 MB, whatever the format`, () => {
  const script = fileURLToPath(new URL('../../bench/rows.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script, String(count), 'stream'], { encoding: 'utf8' });
  const measured = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; rows: number; peakMebibytes: number });
  for (const { file, peakMebibytes } of measured)
    console.log(`${file}: ${count} rows, at most ${peakMebibytes} MiB resident`);
  expect(measured.map(({ file, rows }) => [file, rows])).toEqual(
    ['rows.tsv', 'rows.csv', 'rows.jsonl', 'rows.tsv.gz', 'rows.parquet'].map((file) => [file, count]),
  );
  for (const { file, peakMebibytes } of measured)
    expect(peakMebibytes * 2 ** 20, file).toBeLessThan(300 * 1000 ** 2);
});
