import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../../tensor/errors.js';
import { countLabels } from '../../countLabels.js';
import type { IdxPair, IdxSurvey } from '../../survey.js';
import { readIdx, type IdxTensor } from '../idx.js';
import { readHead } from './readHead.js';

/** Whether a file begins as unsigned bytes in the IDX format do: 0, 0, 8 and a number of dimensions. */
export function isIdx(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0 && head[2] === 8 && head[3]! > 0 && head[3]! <= 4;
}

/**
 * Finds which files of a folder are images and labels, by how many they hold: the largest pair trains, another tests.
 * @param path one of the files, which must then belong to the pair that trains; or the folder.
 * @throws UserError when no images and labels go together.
 */
export async function surveyIdx(path: string, folder: boolean): Promise<IdxSurvey> {
  const place = folder ? path : dirname(path);
  const files = new Map<string, IdxTensor>();
  for (const name of (await readdir(place)).sort()) {
    const file = join(place, name);
    const found = await readHead(file);
    if (found && isIdx(found.head)) files.set(file, await readIdx(file));
  }
  const pairs = pairsOf(files);
  const own = resolve(path);
  const train = pairs.find(
    ({ images, labels }) => folder || resolve(images) === own || resolve(labels) === own,
  );
  if (!train)
    throw new UserError(
      `${path}: IDX files hold images [count, height, width] and labels [count], but in ${place} no two of as many go together: ${[...files].map(([file, { shape }]) => `${file} [${shape.join(', ')}]`).join('; ')}. Put images and labels beside each other.`,
    );
  const test = pairs.find(
    ({ images, labels, height, width }) =>
      images !== train.images && labels !== train.labels && height === train.height && width === train.width,
  );
  const labels = Array.from(files.get(train.labels)!.data, String);
  return { kind: 'idx', train, test, classes: countLabels(labels) };
}

/** Images and labels of as many, the most first. */
function pairsOf(files: ReadonlyMap<string, IdxTensor>): IdxPair[] {
  const labels = [...files].filter(([, { shape }]) => shape.length === 1);
  return [...files]
    .filter(([, { shape }]) => shape.length === 3)
    .flatMap(([images, { shape }]) => {
      const asMany = labels.filter(([, { shape: counts }]) => counts[0] === shape[0]);
      const own = asMany.length > 1 ? asMany.filter(([file]) => stemOf(file) === stemOf(images)) : asMany;
      if (asMany.length > 1 && own.length !== 1)
        throw new UserError(
          `${images}: ${asMany.map(([file]) => file).join(' and ')} have as many labels. Name those that belong to it alike (train-images…, train-labels…), or give them a folder of their own.`,
        );
      return own.map(([file]) => ({
        ...{ images, labels: file, count: shape[0]! },
        ...{ height: shape[1]!, width: shape[2]! },
      }));
    })
    .sort((a, b) => b.count - a.count);
}

/** What files of a pair share in their names: 'train' of train-images-idx3-ubyte.gz. */
function stemOf(path: string): string {
  return basename(path)
    .toLowerCase()
    .replace(/images?|labels?|idx[13]|ubyte|\.gz$|[^\p{L}\p{N}]/gu, '');
}
