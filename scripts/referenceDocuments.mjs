// The references under docs/ as texts: the outline filled with entries, linked with one another.
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { readExports, Reference } from './reference.mjs';
import { layers } from './outline/layers.mjs';
import { tensors } from './outline/tensors.mjs';
import { training } from './outline/training.mjs';
import { using } from './outline/using.mjs';

/** In a group, `from` lists files or folders of src (the longest that fits counts), `only` some names of them. */
const documents = [layers, training, tensors, using];

/** The anchor that GitHub gives a heading; `taken` counts those of the document. */
function anchorOf(heading, taken) {
  const plain = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  const count = taken.get(plain) ?? 0;
  taken.set(plain, count + 1);
  return count === 0 ? plain : `${plain}-${count}`;
}

/** The exports of each group in order: the group whose `from` fits best has them, each export once. */
function assign(symbols, rank) {
  const chosen = new Map();
  for (const document of documents)
    for (const group of document.groups) {
      chosen.set(group, []);
      for (const path of group.from)
        if (!symbols.some(({ file }) => file.startsWith(path)))
          throw new Error(`scripts/outline: nothing is exported from ${path}.`);
    }
  for (const entry of symbols) {
    const fits = documents
      .flatMap(({ groups }) => groups)
      .filter(({ only, except }) => (!only || only.includes(entry.name)) && !except?.includes(entry.name))
      .flatMap((group) => group.from.map((path, place) => ({ group, path, place, only: group.only })))
      .filter(({ path }) => entry.file.startsWith(path))
      .sort((a, b) => Number(!!b.only) - Number(!!a.only) || b.path.length - a.path.length);
    if (fits.length > 0) chosen.get(fits[0].group).push({ ...entry, place: fits[0].place });
  }
  for (const [{ only }, entries] of chosen)
    entries.sort((a, b) =>
      only
        ? only.indexOf(a.name) - only.indexOf(b.name)
        : a.place - b.place || a.file.localeCompare(b.file) || rank(a) - rank(b) || a.position - b.position,
    );
  return chosen;
}

/**
 * Names of entries in code become links, but in headings, code blocks and an entry's own text. Those that are a single word in
 * lower case (`where`, `size`) are also names of options: they do so in their own document alone.
 */
function linked(text, file, own, places) {
  let fenced = false;
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) fenced = !fenced;
      if (fenced || line.startsWith('#')) return line;
      return line.replace(/(?<!\[)`([A-Za-z]\w*)`(?!\])/g, (whole, name) => {
        const place = name === own ? undefined : places.get(name);
        if (!place || (place.file !== file && /^[a-z]+$/.test(name))) return whole;
        return `[${whole}](${place.file === file ? '' : place.file}#${place.anchor})`;
      });
    })
    .join('\n');
}

/** The documents by file name. */
export async function referenceDocuments() {
  const { checker, symbols } = readExports();
  const reference = new Reference(checker);
  const entries = symbols.filter((entry) => reference.isEntry(entry));
  const chosen = assign(entries, (entry) => reference.rank(entry));
  const places = new Map();
  for (const { file, title, groups } of documents) {
    const taken = new Map();
    anchorOf(title, taken);
    for (const group of groups) {
      group.anchor = anchorOf(group.title, taken);
      for (const { name } of chosen.get(group)) places.set(name, { file, anchor: anchorOf(name, taken) });
    }
  }
  const texts = {};
  for (const { file, title, introduction, groups } of documents) {
    const contents = groups.map((group) => {
      const names = chosen.get(group).map(({ name }) => `[${name}](#${places.get(name).anchor})`);
      return `- **[${group.title}](#${group.anchor})**: ${names.join(', ')}`;
    });
    const sections = groups.map((group) => {
      const entries = chosen
        .get(group)
        .map((entry) => `### ${entry.name}\n\n${linked(reference.entry(entry), file, entry.name, places)}`);
      return [`## ${group.title}`, linked(group.introduction, file, '', places), ...entries]
        .filter(Boolean)
        .join('\n\n');
    });
    const text = [
      `# ${title}`,
      linked(introduction, file, '', places),
      contents.join('\n'),
      ...sections,
    ].join('\n\n');
    const path = fileURLToPath(new URL(`../docs/${file}`, import.meta.url));
    texts[file] = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
  }
  return texts;
}
