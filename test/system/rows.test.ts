import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const isShort = process.env['HEDDLE_SYSTEM'] === 'short';
const count = isShort ? 200_000 : 1_000_000;

// The peak is read from /proc.
const measurable = process.platform === 'linux';
if (!measurable) console.warn('the memory of streaming rows is not tested: it is measured on Linux only');

/** What a process of its own tells of some work on the rows. */
function measure(work: string): { file: string; rows: number; peakMebibytes: number }[] {
  const script = fileURLToPath(new URL('../../bench/rows.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [script, String(count), work], { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReturnType<typeof measure>[number]);
}

it.runIf(measurable)(`${count} rows are streamed and shuffled in under 300 MB, whatever the format`, () => {
  const measured = measure('stream');
  for (const { file, peakMebibytes } of measured)
    console.log(`${file}: ${count} rows, at most ${peakMebibytes} MiB resident`);
  expect(measured.map(({ file, rows }) => [file, rows])).toEqual(
    ['rows.tsv', 'rows.csv', 'rows.jsonl', 'rows.tsv.gz', 'rows.parquet'].map((file) => [file, count]),
  );
  for (const { file, peakMebibytes } of measured)
    expect(peakMebibytes * 2 ** 20, file).toBeLessThan(300 * 1000 ** 2);
});

it.runIf(measurable)(`${count} pairs on the disk become the batches of an epoch in under 300 MB`, () => {
  const [{ rows, peakMebibytes }] = measure('onDisk') as [ReturnType<typeof measure>[number]];
  console.log(`${rows} pairs on the disk: at most ${peakMebibytes} MiB resident`);
  expect(rows).toBeGreaterThan(0.99 * count);
  expect(peakMebibytes * 2 ** 20).toBeLessThan(300 * 1000 ** 2);
});
