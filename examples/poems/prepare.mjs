// Takes the quatrains out of the Tang poems of the npm package chinese-poetry: a JSON object a line, each poem once.
// node examples/poems/prepare.mjs FOLDER [FILE]
// FOLDER holds poet.tang.*.json; FILE is by default tang-jueju/jueju.jsonl where HEDDLE_DATA says (the folder data).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [from, to = join(process.env.HEDDLE_DATA ?? 'data', 'tang-jueju', 'jueju.jsonl')] =
  process.argv.slice(2);

/** Characters of a couplet of lines of five or seven, both marks included. */
const lengths = [12, 16];

/** What is no plain verse: questions, gaps in what has come down to us, notes in brackets. */
const other = /[？□（《]/u;

function isQuatrain(couplets) {
  const [first, second] = couplets.map((couplet) => [...couplet].length);
  return (
    couplets.length === 2 &&
    lengths.includes(first) &&
    first === second &&
    !couplets.some((couplet) => other.test(couplet))
  );
}

const poems = new Map();
for (const file of readdirSync(from).sort()) {
  if (!/^poet\.tang\.\d+\.json$/.test(file)) continue;
  for (const { title, author, paragraphs } of JSON.parse(readFileSync(join(from, file), 'utf8'))) {
    const [a, b] = paragraphs;
    if (isQuatrain(paragraphs) && !poems.has(a + b)) poems.set(a + b, { title, author, a, b });
  }
}
mkdirSync(dirname(to), { recursive: true });
writeFileSync(to, [...poems.values()].map((poem) => `${JSON.stringify(poem)}\n`).join(''));
console.log(`${to}: ${poems.size} poems`);
