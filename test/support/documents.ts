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

/** The fenced blocks of all documents in one language. */
export function blocksOf(language: string): Block[] {
  return documents().flatMap((file) => {
    const text = readDocument(file);
    return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter((match) => match[1] === language)
      .map((match) => ({
        place: `${file}: line ${text.slice(0, match.index).split('\n').length}`,
        language,
        text: match[2]!,
      }));
  });
}
