import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decodeSafetensors } from '../../src/formats/safetensors.js';
import type { Value } from './evaluate.js';

const FOLDER = new URL('../fixtures/', import.meta.url);

/** The tensors of a fixture that PyTorch made, by name; the script beside it tells what they are. */
export function readFixture(name: string): Record<string, Value> {
  const { tensors } = decodeSafetensors(readFileSync(new URL(`${name}.safetensors`, FOLDER)), name);
  return Object.fromEntries(
    Object.entries(tensors).map(([key, { shape, data }]) => [
      key,
      { shape, values: Array.from(data as ArrayLike<number | bigint>, Number) },
    ]),
  );
}

/** The content of a fixture of figures; the script of its folder tells what they are. */
export function readFigures(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, FOLDER))).toString());
}
