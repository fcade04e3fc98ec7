import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a document. */
export interface Block {
  /** 'README.md: line 12' */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** Files of a folder and its subfolders, by path from the root. */
export function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`);
}

/** The documents of the project, by path. */
export function documents(): string[] {
  return ['README.md', 'CHANGELOG.md', ...filesOf('docs', '.md'), ...filesOf('examples', '.md')];
}

export function readDocument(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The fenced blocks of all documents. */
export function allBlocks(): Block[] {
  return documents().flatMap((file) => {
    const text = readDocument(file);
    return [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
      place: `${file}: line ${text.slice(0, match.index).split('\n').length}`,
      language: match[1]!,
      text: match[2]!,
    }));
  });
}

/** Those in one language. */
export function blocksOf(language: string): Block[] {
  return allBlocks().filter((block) => block.language === language);
}

/** The programs of the documents: a block each, but the blocks of a tutorial are one that goes on from block to block. */
export function programs(): Block[] {
  const blocks = blocksOf('ts');
  const whole = tutorials().map((file) => {
    const parts = blocks.filter(({ place }) => place.startsWith(`${file}:`));
    return { place: file, language: 'ts', text: parts.map(({ text }) => text).join('\n') };
  });
  return [...blocks.filter(({ place }) => !place.startsWith(TUTORIALS)), ...whole];
}

const TUTORIALS = 'docs/tutorials';

/** Tutorials by path: documents there that have a program. */
function tutorials(): string[] {
  return filesOf(TUTORIALS, '.md').filter((file) => /^```ts$/m.test(readDocument(file)));
}

/** What a tutorial says that its program prints: lines of `text`, and lines of `sample`, which other rounding may change. */
export function shownOutput(file: string): { readonly text: string; readonly exact: boolean }[] {
  return [...readDocument(file).matchAll(/^```(text|sample)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, language, text]) =>
      text!
        .trimEnd()
        .split('\n')
        .map((line) => ({ text: line.trimEnd(), exact: language === 'text' })),
  );
}
