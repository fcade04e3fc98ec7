import type { z } from 'zod';
import { classificationConfigSchema } from './classificationSchema.js';
import { ctcConfigSchema } from './ctcSchema.js';
import { denoisingConfigSchema } from './denoisingSchema.js';
import { forecastingConfigSchema } from './forecastingSchema.js';
import { languageConfigSchema } from './languageSchema.js';
import { maskedLanguageConfigSchema } from './maskedLanguageSchema.js';
import { multiLabelConfigSchema } from './multiLabelSchema.js';
import { multiTaskConfigSchema } from './multiTaskSchema.js';
import { pairConfigSchema } from './pairSchema.js';
import { regressionConfigSchema } from './regressionSchema.js';
import { speechConfigSchema } from './speechSchema.js';
import { taggingConfigSchema } from './taggingSchema.js';

/** What a configuration may say, by its task. */
export const configSchemas = {
  'sequence-to-sequence': pairConfigSchema,
  ctc: ctcConfigSchema,
  'speech-recognition': speechConfigSchema,
  'language-model': languageConfigSchema,
  'masked-language-model': maskedLanguageConfigSchema,
  denoising: denoisingConfigSchema,
  classification: classificationConfigSchema,
  'multi-label': multiLabelConfigSchema,
  tagging: taggingConfigSchema,
  regression: regressionConfigSchema,
  forecasting: forecastingConfigSchema,
  'multi-task': multiTaskConfigSchema,
} as const;

export type TaskName = keyof typeof configSchemas;
export const taskNames = Object.keys(configSchemas) as TaskName[];

/** The task of a configuration that names none. */
export const usualTask: TaskName = 'sequence-to-sequence';

/** Everything about a training run, as `heddle train` reads it, with its defaults filled in. */
export type Config = { [Name in TaskName]: z.output<(typeof configSchemas)[Name]> }[TaskName];
