// Streams a million rows through reading, a shuffling buffer and a tokenizer, for each format, and prints rows a second and
// the peak resident memory in MiB of a process that does nothing else, as one JSON object a line; then the same for preparing
// the rows of the first file as training pairs and making the batches of an epoch, of pairs that are held and of pairs that
// lie on the disk (data.onDisk): node bench/rows.mjs [ROWS [WORK]] (Linux: /proc; WORK: stream, held or onDisk alone)
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { parseConfig, prepareTask, readRows, shuffled, wordTokenizer } from 'heddle/node';
import { writeParquet } from './parquetFile.mjs';

/** A sentence of about a dozen words, another one for each number. */
const sentence = (number) =>
  [
    `word${number % 1000}`,
    `word${Math.floor(number / 1000)}`,
    ...Array.from({ length: 6 + (number % 9) }, (_, i) => `word${(number * 7919 + i * i * 31) % 20_000}`),
  ].join(' ');

/** Rows in groups. */
function* groupsOf(rows, size) {
  for (let start = 0; start < rows; start += size)
    yield Array.from({ length: Math.min(size, rows - start) }, (_, i) => ({
      source: sentence(start + i),
      target: sentence(start + i + 3),
    }));
}

/** The text of a row, by the name of the file. */
const lines = {
  'rows.tsv': ({ source, target }) => `${source}\t${target}\n`,
  'rows.csv': ({ source, target }) => `"${source}, ""so""",${target}\n`,
  'rows.jsonl': (row) => `${JSON.stringify(row)}\n`,
  'rows.tsv.gz': ({ source, target }) => `${source}\t${target}\n`,
};

async function writeLines(path, line, rows) {
  const file = createWriteStream(path);
  const out = path.endsWith('.gz') ? createGzip({ level: 1 }) : file;
  if (out !== file) out.pipe(file);
  for (const group of groupsOf(rows, 1000))
    if (!out.write(group.map(line).join(''))) await once(out, 'drain');
  out.end();
  await once(file, 'close');
}

/** How each file is written; Parquet in groups of 50,000 rows. */
const writers = {
  ...Object.fromEntries(
    Object.entries(lines).map(([name, line]) => [name, (path, rows) => writeLines(path, line, rows)]),
  ),
  'rows.parquet': (path, rows) => writeParquet(path, ['source', 'target'], groupsOf(rows, 50_000)),
};

async function stream(file) {
  let [rows, tokens] = [0, 0];
  const all = readRows({ file }, { source: 0, target: 1 });
  for await (const { fields } of shuffled(all, { buffer: 10_000, seed: 1 })) {
    rows++;
    tokens += wordTokenizer.tokenize(fields.source).length + wordTokenizer.tokenize(fields.target).length;
  }
  return { rows, tokens };
}

async function prepare(file, onDisk) {
  const source = `source: { file: ${JSON.stringify(file)} }`;
  const text = `data: { ${source}, split: { validation: 0.001, test: 0.001 }, onDisk: ${onDisk} }
source: { tokenizer: word }
target: { tokenizer: word }
`;
  const { train, batch } = await prepareTask(parseConfig(text, 'bench'));
  let [rows, tokens] = [0, 0];
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  for (const pairs of train.plan(batch, { seed: 1, epoch: 0 })) {
    const { sourceLengths, labels } = train.batch(pairs);
    rows += pairs.length;
    // Each target has END beside its tokens.
    tokens += sum(sourceLengths.data) + labels.data.length - pairs.length;
  }
  return { rows, tokens };
}

const works = {
  stream,
  held: (file) => prepare(file, false),
  onDisk: (file) => prepare(file, true),
};

const megabytes = (field) =>
  Math.round(
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024,
  );

async function measure(work, file) {
  const before = performance.now();
  const { rows, tokens } = await works[work](file);
  const rowsPerSecond = Math.round((1000 * rows) / (performance.now() - before));
  console.log(JSON.stringify({ rows, tokens, rowsPerSecond, peakMebibytes: megabytes('VmHWM') }));
}

async function compare(rows, only) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-rows-'));
  try {
    for (const [name, write] of Object.entries(writers)) {
      const path = join(folder, name);
      await write(path, rows);
      const wanted = name === 'rows.tsv' ? Object.keys(works) : ['stream'];
      for (const work of wanted.filter((each) => only === undefined || each === only)) {
        const script = fileURLToPath(import.meta.url);
        const { stdout, stderr } = spawnSync(process.execPath, [script, 'measure', work, path], {
          encoding: 'utf8',
        });
        if (stderr) throw new Error(stderr);
        console.log(JSON.stringify({ file: name, work, ...JSON.parse(stdout) }));
      }
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [first, second, path] = process.argv.slice(2);
if (first === 'measure') await measure(second, path);
else await compare(Number(first ?? 1_000_000), second);
