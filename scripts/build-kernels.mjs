// Compiles src/engine/kernels/assembly to WebAssembly and writes it, as text, into src/engine/kernels/generated.ts.
import asc from 'assemblyscript/asc';
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../src/engine/kernels/', import.meta.url);

/** The compiled kernels as base64. */
export async function compileKernels() {
  const files = new Map();
  const source = readFileSync(new URL('assembly/index.ts', folder), 'utf8');
  const { error, stderr } = await asc.main(
    [
      'kernels.ts',
      ...[
        '--outFile',
        'kernels.wasm',
        '--runtime',
        'stub',
        '-O3',
        '--noAssert',
        '--importMemory',
        '--sharedMemory',
      ],
      ...['--initialMemory', '1', '--maximumMemory', '65535', '--enable', 'simd,threads'],
    ],
    {
      readFile: (name) => (name === 'kernels.ts' ? source : null),
      writeFile: (name, contents) => void files.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`The kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(files.get('kernels.wasm')).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(
    new URL('generated.ts', folder),
    '/** The kernels as WebAssembly, base64. Written by `node scripts/build-kernels.mjs`; do not edit. */\n' +
      `export const KERNELS =\n  '${await compileKernels()}';\n`,
  );
}
