import { z } from 'zod';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { LabelSet } from '../../text/labelSet.js';
import { tokenizerFromJson } from '../../text/tokenizerJson.js';
import { classificationFiles, type ClassEncoding } from '../classificationTask.js';

const size = z.int().min(1);
const classesSchema = z.object({
  labels: z.array(z.string()).min(1),
  image: z.object({ channels: size, height: size, width: size }).optional(),
});

/** What the classifier of a run reads and says. @throws UserError when the files were edited. */
export async function readClassEncoding(run: RunDirectory): Promise<ClassEncoding> {
  const { classes, tokenizer } = classificationFiles;
  const read = classesSchema.safeParse(await run.readJson(classes));
  if (!read.success)
    throw new UserError(`${run.file(classes)}: no classes of a model. Restore the file, or train a new run.`);
  const { labels, image } = read.data;
  const text = image ? undefined : tokenizerFromJson(await run.readJson(tokenizer), run.file(tokenizer));
  return { labels: new LabelSet(labels), image, text };
}
