import { z } from 'zod';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import { LabelSet } from '../../text/labelSet.js';
import { taggingFiles } from '../taggingTask.js';

const tagsSchema = z.object({ labels: z.array(z.string()).min(1) });

/** The tags of a run. @param file where it keeps them. @throws UserError when the file was edited. */
export async function readTags(run: RunDirectory, file: string = taggingFiles.tags): Promise<LabelSet> {
  const read = tagsSchema.safeParse(await run.readJson(file));
  if (!read.success)
    throw new UserError(`${run.file(file)}: no tags of a model. Restore the file, or train a new run.`);
  return new LabelSet(read.data.labels);
}
