import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programs as programsOf, root, shownOutput } from '../support/documents.js';

const programs = programsOf();
let folder: string;

beforeAll(async () => {
  // Inside the checkout, so that dependencies are found.
  await mkdir(join(root, '.cache'), { recursive: true });
  folder = await mkdtemp(join(root, '.cache', 'documents-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await build({
    entryPoints: [join(root, 'src/node.ts')],
    outfile: join(folder, 'heddle.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(programs.map(({ place }, i) => ({ place, i })))(
  'runs: $place',
  { timeout: 300_000 },
  async ({ place, i }) => {
    const { code } = await transform(programs[i]!.text, { loader: 'ts' });
    const file = join(folder, `block${i}.js`);
    await writeFile(file, code.replace(/(['"])heddle(\/node)?\1/g, '"./heddle.js"'));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
    expect(stderr, place).toBe('');
    if (place.startsWith('README.md')) checkAnswer(stdout);
    if (place.startsWith('docs/tutorials/')) checkOutput(stdout, place);
  },
);

/** The programs of the README say what they learnt; the thresholds leave room for other processors' rounding. */
function checkAnswer(output: string): void {
  const lines = output.trim().split('\n');
  const accuracy = /exactMatch: ([\d.]+)/.exec(lines[0]!);
  if (accuracy) {
    expect(Number(accuracy[1])).toBeGreaterThan(0.98);
    expect(lines[1]).toBe('2031-07-14');
  } else {
    const [answer, truth] = lines[0]!.split(' ').map(Number) as [number, number];
    expect(Math.abs(answer - truth)).toBeLessThan(0.1);
  }
}

/** A tutorial shows what its program prints, up to what the rounding of other processors makes of a training. */
function checkOutput(output: string, file: string): void {
  const shown = shownOutput(file);
  const lines = output.trimEnd().split('\n');
  const number = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g;
  expect(lines.length, output).toBe(shown.length);
  lines.forEach((line, i) => {
    const { text, exact } = shown[i]!;
    if (!exact) return;
    expect(line.trimEnd().replace(number, '#'), file).toBe(text.replace(number, '#'));
    const values = (of: string) => (of.match(number) ?? []).map(Number);
    values(line).forEach((value, at) => {
      const expected = values(text)[at]!;
      expect(Math.abs(value - expected), `${file}: ${text}`).toBeLessThanOrEqual(
        0.02 + 0.2 * Math.abs(expected),
      );
    });
  });
}
