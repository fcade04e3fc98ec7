import { UserError } from '../../../tensor/errors.js';
import { countLabels } from '../../countLabels.js';
import type { ImageFolderSurvey } from '../../survey.js';
import { isImageFile } from '../imageFolder.js';
import { loadSharp } from '../loadSharp.js';
import { filesOfClasses } from '../labelledFiles.js';

/** Images that are looked at, drawn evenly. */
const SOME = 100;

/** Looks at a folder that has a folder of images for each class. @throws UserError where one cannot be read. */
export async function surveyImageFolder(folder: string): Promise<ImageFolderSurvey> {
  const files = await filesOfClasses(folder, isImageFile, 'images (PNG or JPEG)');
  const every = Math.max(1, Math.floor(files.length / SOME));
  const some = files.filter((_, i) => i % every === 0);
  const sizes: { width: number; height: number; colour: boolean }[] = [];
  for (const { path } of some) sizes.push(await lookAt(path));
  return {
    kind: 'images',
    folder,
    classes: countLabels(files.map(({ label }) => label)),
    height: median(sizes.map(({ height }) => height)),
    width: median(sizes.map(({ width }) => width)),
    colour: sizes.some(({ colour }) => colour),
  };
}

async function lookAt(path: string): Promise<{ width: number; height: number; colour: boolean }> {
  const sharp = await loadSharp();
  try {
    const image = sharp(path);
    const { width, height, channels } = await image.metadata();
    if (channels < 3) return { width, height, colour: false };
    // A grey picture may be stored with three equal channels.
    const { data, info } = await image
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    let colour = false;
    for (let i = 0; i + 2 < data.length && !colour; i += info.channels)
      colour = Math.abs(data[i]! - data[i + 1]!) > GREY || Math.abs(data[i]! - data[i + 2]!) > GREY;
    return { width, height, colour };
  } catch (error) {
    throw new UserError(`${path}: not an image, or a damaged one (${(error as Error).message}). Remove it.`, {
      cause: error,
    });
  }
}

/** Difference between channels that compression makes of grey. */
const GREY = 12;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
