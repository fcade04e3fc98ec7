import type { z } from 'zod';
import { classificationConfigSchema } from './classificationSchema.js';
import { languageConfigSchema } from './languageSchema.js';
import { pairConfigSchema } from './pairSchema.js';

/** What a configuration may say, by its task. */
export const configSchemas = {
  'sequence-to-sequence': pairConfigSchema,
  'language-model': languageConfigSchema,
  classification: classificationConfigSchema,
} as const;

export type TaskName = keyof typeof configSchemas;
export const taskNames = Object.keys(configSchemas) as TaskName[];

/** The task of a configuration that names none. */
export const usualTask: TaskName = 'sequence-to-sequence';

/** Everything about a training run, as `heddle train` reads it, with its defaults filled in. */
export type Config = { [Name in TaskName]: z.output<(typeof configSchemas)[Name]> }[TaskName];
