import { z } from 'zod';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { LabelSet } from '../../text/labelSet.js';
import { tokenizerFromJson } from '../../text/tokenizerJson.js';
import { vectorizerFromJson } from '../../text/vectorizerJson.js';
import type { ClassificationConfig } from '../classificationSchema.js';
import { classificationFiles, type ClassEncoding } from '../classificationTask.js';

const size = z.int().min(1);
const classesSchema = z.object({
  labels: z.array(z.string()).min(1),
  image: z.object({ channels: size, height: size, width: size }).optional(),
});

/** What the classifier of a run reads and says. @throws UserError when the files were edited. */
export async function readClassEncoding(
  run: RunDirectory,
  { model: { encoder } }: ClassificationConfig,
): Promise<ClassEncoding> {
  const { classes, tokenizer, vectorizer } = classificationFiles;
  const { labels, image } = await readClasses(run, classes);
  const none = { labels, image, text: undefined };
  if (image) return none;
  if (encoder.type === 'bag-of-words')
    return { ...none, bag: vectorizerFromJson(await run.readJson(vectorizer), run.file(vectorizer)) };
  return { ...none, text: tokenizerFromJson(await run.readJson(tokenizer), run.file(tokenizer)) };
}

/** The classes of a run, and the size of its images where it reads such. @throws UserError when the file was edited. */
export async function readClasses(
  run: RunDirectory,
  file: string,
): Promise<Pick<ClassEncoding, 'labels' | 'image'>> {
  const read = classesSchema.safeParse(await run.readJson(file));
  if (!read.success)
    throw new UserError(`${run.file(file)}: no classes of a model. Restore the file, or train a new run.`);
  const { labels, image } = read.data;
  return { labels: new LabelSet(labels), image };
}
