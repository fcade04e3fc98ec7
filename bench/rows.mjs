// Streams a million rows through reading, a shuffling buffer and a tokenizer, and prints rows a second and the peak resident
// memory of a process that does nothing else, for each format; then the same for preparing the rows as training pairs, which
// holds them: node bench/rows.mjs [ROWS] (Linux: /proc)
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { parseConfig, prepareTask, readRows, shuffled, wordTokenizer } from 'heddle/node';

/** A sentence of about a dozen words, another one for each number. */
const sentence = (number) =>
  [
    `word${number % 1000}`,
    `word${Math.floor(number / 1000)}`,
    ...Array.from({ length: 6 + (number % 9) }, (_, i) => `word${(number * 7919 + i * i * 31) % 20_000}`),
  ].join(' ');

const formats = {
  'rows.tsv': (source, target) => `${source}\t${target}\n`,
  'rows.csv': (source, target) => `"${source}, ""so""",${target}\n`,
  'rows.jsonl': (source, target) => `${JSON.stringify({ source, target })}\n`,
  'rows.tsv.gz': (source, target) => `${source}\t${target}\n`,
};

async function write(path, line, rows) {
  const file = createWriteStream(path);
  const out = path.endsWith('.gz') ? createGzip({ level: 1 }) : file;
  if (out !== file) out.pipe(file);
  for (let start = 0; start < rows; start += 1000) {
    const lines = Array.from({ length: Math.min(1000, rows - start) }, (_, i) =>
      line(sentence(start + i), sentence(start + i + 3)),
    );
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(file, 'close');
}

async function stream(file) {
  let [rows, tokens] = [0, 0];
  const all = readRows({ file }, { source: 0, target: 1 });
  for await (const { fields } of shuffled(all, { buffer: 10_000, seed: 1 })) {
    rows++;
    tokens += wordTokenizer.tokenize(fields.source).length + wordTokenizer.tokenize(fields.target).length;
  }
  return { rows, tokens };
}

async function prepare(file) {
  const text = `data: { source: { file: ${JSON.stringify(file)} }, split: { validation: 0.001, test: 0.001 } }
source: { tokenizer: word }
target: { tokenizer: word }
`;
  const { train } = await prepareTask(parseConfig(text, 'bench'));
  return { rows: train.exampleOfPair.length, tokens: train.sources.ids.length + train.targets.ids.length };
}

const megabytes = (field) =>
  Math.round(
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024,
  );

async function measure(what, file) {
  const before = performance.now();
  const counts = await { stream, prepare }[what](file);
  const seconds = (performance.now() - before) / 1000;
  console.log(JSON.stringify({ ...counts, seconds, peak: megabytes('VmHWM') }));
}

async function compare(rows) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-rows-'));
  try {
    for (const [name, line] of Object.entries(formats)) {
      const path = join(folder, name);
      await write(path, line, rows);
      for (const what of name === 'rows.tsv' ? ['stream', 'prepare'] : ['stream']) {
        const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, path], {
          encoding: 'utf8',
        });
        if (stderr) throw new Error(stderr);
        const { rows: read, tokens, seconds, peak } = JSON.parse(stdout);
        const speed = Math.round(read / seconds);
        console.log(
          `${name} ${what}: ${read} rows, ${tokens} tokens, ${speed} rows/s, peak ${peak} MiB resident`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [first, path] = process.argv.slice(2);
if (path === undefined) await compare(Number(first ?? 1_000_000));
else await measure(first, path);
