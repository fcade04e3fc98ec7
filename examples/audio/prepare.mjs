// Writes two tables of the recordings of the Free Spoken Digit Dataset: path ⇥ digit ⇥ its name. The first five of each speaker
// and digit are to test, as the data set's authors have it.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const from = resolve(process.env.HEDDLE_DATA ?? 'data', 'fsdd', 'recordings');
const to = join('runs', 'spoken-digits');

/** `7_jackson_32.wav`: the digit, who says it, and for which time. */
const files = readdirSync(from)
  .filter((name) => /^\d_[a-z]+_\d+\.wav$/.test(name))
  .sort();
const isTest = (name) => Number(/_(\d+)\.wav$/.exec(name)[1]) < 5;
const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

mkdirSync(to, { recursive: true });
for (const [name, own] of [
  ['train', files.filter((file) => !isTest(file))],
  ['test', files.filter(isTest)],
]) {
  const table = join(to, `${name}.tsv`);
  writeFileSync(table, own.map((file) => `${join(from, file)}\t${file[0]}\t${names[file[0]]}\n`).join(''));
  console.log(`${table}: ${own.length} recordings`);
}
