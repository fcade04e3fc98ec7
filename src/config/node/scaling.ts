import { z } from 'zod';
import { MinMaxScaler } from '../../data/minMaxScaler.js';
import { StandardScaler } from '../../data/standardScaler.js';
import type { RunDirectory } from '../../formats/node/runDirectory.js';
import { UserError } from '../../tensor/errors.js';
import type { Scaling } from '../scaling.js';

const scalingSchema = z
  .object({
    names: z.array(z.string()).min(1),
    means: z.array(z.number()),
    deviations: z.array(z.number().positive()),
    minima: z.array(z.number()).optional(),
    ranges: z.array(z.number().positive()).optional(),
    changes: z.array(z.number().min(0)).optional(),
  })
  .refine(
    ({ names, means, deviations, minima, ranges, changes }) =>
      (minima === undefined) === (ranges === undefined) &&
      [means, deviations, minima, ranges, changes].every((each) => (each ?? names).length === names.length),
  );

/** How the values of a run are scaled. @throws UserError when the file was edited. */
export async function readScaling(run: RunDirectory, name: string): Promise<Scaling> {
  const read = scalingSchema.safeParse(await run.readJson(name));
  if (!read.success)
    throw new UserError(`${run.file(name)}: no scaling of a model. Restore the file, or train a new run.`);
  const { names, means, deviations, minima, ranges, changes } = read.data;
  const scaler = minima && ranges ? new MinMaxScaler(minima, ranges) : new StandardScaler(means, deviations);
  return { names, scaler, means, deviations, changes };
}
