// Turns the JSON files of the data set into two tables: text ⇥ tags ⇥ intent, a request a line, words between spaces.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const from = join(process.env.HEDDLE_DATA ?? 'data', 'snips');
const to = join('runs', 'snips');

/** One of the files is in Latin-1, the others in UTF-8. */
function readJson(file) {
  const bytes = readFileSync(join(from, file));
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return JSON.parse(new TextDecoder('latin1').decode(bytes));
  }
}

/** Pieces of a request, some of which are slots → its words, and a BIO tag for each. */
function row(pieces, intent) {
  const words = pieces.flatMap(({ text, entity }) =>
    text
      .split(/\s+/u)
      .filter(Boolean)
      .map((word, i) => ({ word, tag: entity ? `${i === 0 ? 'B' : 'I'}-${entity}` : 'O' })),
  );
  const of = (key) => words.map((each) => each[key]).join(' ');
  return `${of('word')}\t${of('tag')}\t${intent}`;
}

mkdirSync(to, { recursive: true });
for (const [kind, name] of [
  [/^train_.*_full\.json$/, 'train'],
  [/^validate_.*\.json$/, 'test'],
]) {
  const rows = readdirSync(from)
    .filter((file) => kind.test(file))
    .sort()
    .flatMap((file) =>
      Object.entries(readJson(file)).flatMap(([intent, requests]) =>
        requests.map(({ data }) => row(data, intent)),
      ),
    );
  writeFileSync(join(to, `${name}.tsv`), `${rows.join('\n')}\n`);
  console.log(`${join(to, `${name}.tsv`)}: ${rows.length} requests`);
}
