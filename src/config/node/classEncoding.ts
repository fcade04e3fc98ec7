import { z } from 'zod';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { LabelSet } from '../../text/labelSet.js';
import { tokenizerFromJson } from '../../text/tokenizerJson.js';
import { vectorizerFromJson } from '../../text/vectorizerJson.js';
import type { ClassificationConfig } from '../classificationSchema.js';
import type { ClassEncoding } from '../classExamples.js';
import { classificationFiles } from '../classificationTask.js';
import { readScaling } from './scaling.js';

const size = z.int().min(1);
const classesSchema = z.object({
  labels: z.array(z.string()).min(1),
  image: z.object({ channels: size, height: size, width: size }).optional(),
});

/** What a configuration says of it. */
interface ClassConfig {
  readonly data: Pick<ClassificationConfig['data'], 'source'>;
  readonly model: Pick<ClassificationConfig['model'], 'encoder'>;
}

/** What the classifier of a run reads and says. @throws UserError when the files were edited. */
export async function readClassEncoding(
  run: RunDirectory,
  { data: { source }, model: { encoder } }: ClassConfig,
): Promise<ClassEncoding> {
  const { classes, tokenizer, vectorizer, features: scaling } = classificationFiles;
  const { labels, image } = await readClasses(run, classes);
  const columns = 'file' in source ? source.columns : undefined;
  const features = columns?.features && (await readScaling(run, scaling));
  const none = { labels, image, features, text: undefined };
  if (image || columns?.text === undefined) return none;
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
