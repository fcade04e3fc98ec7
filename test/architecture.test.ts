import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Floors in import order: the rows of the table in docs/architecture.md that begin with a folder. */
const floors = [...read('docs/architecture.md').matchAll(/^\| `(\w+)\/` +\|/gm)].map(([, name]) => name!);

const exempt = /(\.test\.ts|\.d\.ts|\/generated\.ts)$|\/assembly\//;

/** Shipped modules of src by path: what they import, types included, and how long they are. */
const modules = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && !exempt.test(file))
    .map((file) => {
      const text = read(file);
      const imports = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
      return [file, { imports, lines: text.split('\n').length - 1 }];
    }),
);

const isRelative = (name: string) => name.startsWith('.');

/** 'src/ops/matmul.ts' for './matmul.js' in src/ops. */
function target(file: string, name: string): string {
  return normalize(join(file, '..', name))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
}

/** 'ops' for 'src/ops/matmul.ts'; undefined for the entry points. */
function floorOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

const needsNode = (name: string) =>
  name.startsWith('node:') ||
  builtinModules.includes(name) ||
  ['koffi', 'onnxruntime-node', 'cmu-pronouncing-dictionary', 'sharp'].includes(name);

describe('the floors of src', () => {
  it('are the folders that docs/architecture.md lists', () => {
    const folders = new Set([...modules.keys()].map(floorOf).filter((name) => name !== undefined));
    expect([...folders].sort()).toEqual([...floors].sort());
  });

  it('import downwards only', () => {
    const upwards = [...modules].flatMap(([file, { imports }]) => {
      const own = floorOf(file);
      if (!own) return [];
      return imports
        .filter(isRelative)
        .map((name) => target(file, name))
        .filter((other) => floors.indexOf(floorOf(other) ?? '') > floors.indexOf(own) || !floorOf(other))
        .map((other) => `${file} imports ${other}`);
    });
    expect(upwards).toEqual([]);
  });

  it('import files that are there', () => {
    const missing = [...modules].flatMap(([file, { imports }]) =>
      imports
        .filter((name) => isRelative(name) && !modules.has(target(file, name)))
        .map((name) => target(file, name))
        .filter((other) => other !== 'src/engine/kernels/generated.ts')
        .map((other) => `${file} imports ${other}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('Node', () => {
  it('is needed only by folders called node, the command line and the entry for Node', () => {
    const places = /\/node\/|^src\/cli\/|^src\/node\.ts$/;
    const stray = [...modules].filter(([file, { imports }]) => imports.some(needsNode) && !places.test(file));
    expect(stray.map(([file]) => file)).toEqual([]);
  });

  it('is not reachable from the entry that browsers load', () => {
    const seen = new Set(['src/index.ts']);
    const packages = new Set<string>();
    for (const file of seen)
      for (const name of modules.get(file)?.imports ?? [])
        if (isRelative(name)) seen.add(target(file, name));
        else packages.add(name);
    expect(seen.size).toBeGreaterThan(50);
    expect([...seen].filter((file) => file.includes('/node/') || file === 'src/node.ts')).toEqual([]);
    expect([...packages].filter(needsNode)).toEqual([]);
    // Both run anywhere; a third is a decision that belongs in docs/dependencies.md.
    expect([...packages].sort()).toEqual(['yaml', 'zod']);
  });
});

it('no file is longer than 400 lines: beyond that it holds two concepts', () => {
  const long = [...modules]
    .filter(([, { lines }]) => lines > 400)
    .map(([file, { lines }]) => `${file}: ${lines}`);
  expect(long).toEqual([]);
});
