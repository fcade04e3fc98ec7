import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The ONNX Runtime version whose function table the C-API executor knows. */
export const PINNED_VERSION = '1.30.0';

/** The shared library that onnxruntime-node itself loads on this platform. */
export interface OrtLibrary {
  version: string;
  file: string;
}

/** Finds the library of the installed onnxruntime-node. @throws Error saying what is missing. */
export function findOrtLibrary(): OrtLibrary {
  const manifest = require.resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const bin = join(dirname(manifest), 'bin');
  for (const napi of readdirSync(bin).filter((name) => name.startsWith('napi-v'))) {
    const folder = join(bin, napi, process.platform, process.arch);
    if (!existsSync(folder)) continue;
    const file = readdirSync(folder).find((name) => isLibrary(name, version));
    if (file) return { version, file: join(folder, file) };
  }
  throw new Error(`onnxruntime-node ${version} has no library for ${process.platform} ${process.arch}`);
}

/** The name that the binding links against: another name for the same file would load a second copy. */
function isLibrary(name: string, version: string): boolean {
  if (process.platform === 'win32') return name === 'onnxruntime.dll';
  const major = version.split('.')[0];
  return (
    name === (process.platform === 'darwin' ? `libonnxruntime.${major}.dylib` : `libonnxruntime.so.${major}`)
  );
}

/** The file to load koffi from, and its version, without loading it. */
export function findKoffi(): { version: string; file: string } {
  const file = require.resolve('koffi');
  const manifest = join(dirname(file), 'package.json');
  return { version: (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version, file };
}
