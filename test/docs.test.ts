import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSearch } from '../src/config/node/searchPlan.js';
import { parseConfig } from '../src/config/parseConfig.js';
import { minimalConfigs } from '../src/config/minimalConfigs.js';
import { configReference } from '../src/config/reference.js';
import { useCli } from './support/cli.js';
import {
  allBlocks,
  blocksOf,
  documents,
  filesOf,
  programs as programsOf,
  readDocument,
  root,
} from './support/documents.js';

const programs = programsOf();
let folder: string;

beforeAll(async () => {
  // Inside the checkout, so that dependencies are found.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'docs-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await Promise.all(programs.map(({ text }, i) => writeFile(join(folder, `block${i}.ts`), text)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('code of the documents', () => {
  it('is of a language that is run or checked, or what a program prints', () => {
    const known = ['ts', 'yaml', 'sh', 'text', 'sample'];
    const others = allBlocks().filter(({ language }) => !known.includes(language));
    expect(others.map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
  });

  it('is well typed', () => {
    const files = programs.map((_, i) => join(folder, `block${i}.ts`));
    const program = ts.createProgram(files, {
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts'],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      // Node strips types; it does not compile.
      erasableSyntaxOnly: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { heddle: [join(root, 'src/index.ts')], 'heddle/node': [join(root, 'src/node.ts')] },
    });
    const problems = files.flatMap((file, i) => {
      const source = program.getSourceFile(file);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${programs[i]!.place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    });
    expect(problems).toEqual([]);
  });

  it('is short in the README', () => {
    const long = programs.filter(
      ({ place, text }) => place.startsWith('README') && text.split('\n').length > 40,
    );
    expect(long.map(({ place }) => place)).toEqual([]);
  });
});

describe('configurations of the documents', () => {
  const check = (text: string, place: string) =>
    /^tune:/m.test(text) ? planSearch(text, place) : parseConfig(text, place);

  it.each(blocksOf('yaml'))('are valid: $place', ({ text, place }) => {
    expect(() => check(text, place)).not.toThrow();
  });

  it.each(filesOf('examples', '.yaml'))('are valid: %s', (file) => {
    expect(() => check(readDocument(file), file)).not.toThrow();
  });

  it('are described in docs/config.md, as node scripts/docs.mjs writes it', async () => {
    const script = new URL('../scripts/docs.mjs', import.meta.url).href;
    const { configDocument } = (await import(script)) as {
      configDocument: (reference: string, minimal: typeof minimalConfigs) => Promise<string>;
    };
    expect(readDocument('docs/config.md')).toBe(await configDocument(configReference(), minimalConfigs));
  });
});

describe('the reference', () => {
  it('is what node scripts/docs.mjs writes from the docstrings', async () => {
    const script = new URL('../scripts/referenceDocuments.mjs', import.meta.url).href;
    const { referenceDocuments } = (await import(script)) as {
      referenceDocuments: () => Promise<Record<string, string>>;
    };
    for (const [name, text] of Object.entries(await referenceDocuments()))
      expect(readDocument(`docs/${name}`), name).toBe(text);
  });
});

describe('commands of the documents', () => {
  const cli = useCli();
  /** Lines to type, without comments and settings of the environment. */
  const typed = blocksOf('sh').flatMap(({ text, place }) =>
    text
      .replaceAll('\\\n', ' ')
      .split(/\n|&&/)
      .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
      .filter(Boolean)
      .map((line) => ({ place, words: line.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word)) })),
  );

  it('are there', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const helps = new Map<string, string>();
    for (const { place, words } of typed) {
      const [program, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
      if (program === 'npm') {
        const script =
          rest[0] === 'run' ? rest[1] : ['start', 'test'].includes(rest[0]!) ? rest[0] : undefined;
        if (script) expect(scripts, place).toHaveProperty([script]);
      } else if (program === 'heddle') {
        const name = rest[0]!;
        if (name.startsWith('-')) continue;
        if (!helps.has(name)) helps.set(name, (await cli.run([name, '--help'])).stdout);
        const help = helps.get(name)!;
        expect(help, `${place}: heddle ${name}`).toContain(`Usage: heddle ${name}`);
        for (const option of rest.filter((word) => word.startsWith('--')))
          expect(help, `${place}: heddle ${name}`).toContain(`  ${option.split('=')[0]!} `);
      }
      for (const word of rest.filter((each) => /^(examples|bench|scripts|test)\//.test(each)))
        expect(existsSync(join(root, word)), `${place}: ${word}`).toBe(true);
    }
    expect([...helps.keys()].sort()).toEqual([
      'average',
      'compare',
      'cross-validate',
      'data',
      'evaluate',
      'find-rate',
      'init',
      'inspect',
      'predict',
      'train',
      'tune',
    ]);
  });
});

describe('links of the documents', () => {
  it.each(documents())('lead somewhere: %s', (file) => {
    const targets = [...readDocument(file).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map((match) => match[1]!);
    const missing = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(file), target)),
    );
    expect(missing).toEqual([]);
  });
});
