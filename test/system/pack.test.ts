import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const config = `data:
  source: { synthetic: copy, count: 200 }
model:
  encoder: { embeddingSize: 16, hiddenSize: 16 }
  decoder: { embeddingSize: 16, hiddenSize: 16 }
training:
  steps: 20
  batchSize: 16
  validation: { everySteps: 10 }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-pack-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command in a shell; a failure shows what it printed. */
async function run(command: string, cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

it('works where it is installed from the registry', async () => {
  const [packed] = JSON.parse(await run(`npm pack --json --pack-destination '${folder}'`, root)) as [
    { filename: string; files: { path: string }[] },
  ];
  const files = packed.files.map(({ path }) => path);
  for (const file of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/node.js',
    'dist/cli/main.js',
    'README.md',
    'LICENSE',
  ])
    expect(files).toContain(file);
  expect(
    files.filter((file) => /^(src|test|bench)\/|\.test\.|\.ts$/.test(file) && !file.endsWith('.d.ts')),
  ).toEqual([]);

  // The README's command, in an empty folder with an empty cache.
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const command = /^(?:\w+=\w+ )?npm install \.\/\S+\.tgz$/m.exec(readme)![0];
  const place = join(folder, 'project');
  await mkdir(place);
  await writeFile(join(place, 'package.json'), '{ "type": "module" }');
  await copyFile(join(folder, packed.filename), join(place, packed.filename));
  // What this checkout and its CI say about install scripts holds here only.
  const cache = {
    npm_config_cache: join(folder, 'cache'),
    npm_config_onnxruntime_node_install: undefined,
    ONNXRUNTIME_NODE_INSTALL: undefined,
  };
  await run(command, place, cache);

  await writeFile(join(place, 'tiny.yaml'), config);
  const heddle = (args: string) => run(`npx --no-install heddle ${args}`, place, cache);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect((await heddle('--version')).trim()).toBe(version);
  expect(await heddle('train tiny.yaml')).toContain('Trained 20 steps');
  expect(await heddle('predict runs/tiny abc')).toMatch(/^abc\t.*\n$/);
  expect(JSON.parse(await heddle('evaluate runs/tiny --json'))).toMatchObject({ split: 'test' });

  await writeFile(
    join(place, 'import.mjs'),
    `import { createEngine, openRun } from 'heddle/node';
import { UserError } from 'heddle';
const engine = await createEngine();
const run = await openRun('runs/tiny', { engine });
const [[answer]] = await run.predictor.predict(['abc']);
console.log(typeof answer.text, typeof UserError);
await engine.close();
`,
  );
  expect(await run('node import.mjs', place)).toBe('string function\n');

  // Its types need nothing that it does not bring along, whatever the compiler checks.
  await writeFile(
    join(place, 'typed.mts'),
    "import * as heddle from 'heddle';\nimport * as node from 'heddle/node';\nexport { heddle, node };\n",
  );
  const options = '--strict --noEmit --module nodenext --target es2023 --skipLibCheck false';
  await writeFile(
    join(place, 'tsconfig.json'),
    '{ "compilerOptions": { "types": [] }, "files": ["typed.mts"] }',
  );
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  expect(await run(`node '${compiler}' -p . ${options}`, place)).toBe('');
});
