import { z } from 'zod';

/** What a run is called. */
export const runName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, "may hold letters, digits, '.', '_' and '-' only")
  .optional()
  .describe('of the run directory, runs/<name>; default: the name of the file');
