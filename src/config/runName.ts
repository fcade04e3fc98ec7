import { z } from 'zod';

/** A name for a run after that of a file, without what it may not hold. */
export function asRunName(name: string): string {
  const kept = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  return kept === '' ? 'model' : kept;
}

/** What a run is called. */
export const runName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, "may hold letters, digits, '.', '_' and '-' only")
  .optional()
  .describe('of the run directory, runs/<name>; default: the name of the file');
