import { UserError } from '../tensor/errors.js';
import { classMeasures, type ClassificationConfig } from './classificationSchema.js';
import type { HeadConfig, MultiTaskConfig } from './multiTaskSchema.js';
import { valueMeasures, type RegressionConfig } from './regressionSchema.js';
import { tagMeasures, type TaggingConfig } from './taggingSchema.js';
import type { Measures } from './trainingSchema.js';

/** A classification among several tasks, as if it were the only one. @throws UserError when the task is another. */
export function asClassification(config: MultiTaskConfig, name: string): ClassificationConfig {
  const { task, data, pooling, dropout, labelSmoothing, classWeights } = headOf(
    config,
    name,
    'classification',
  );
  const training = { ...trainingOf(config, name, classMeasures), labelSmoothing, classWeights };
  // Of texts nothing is scaled.
  const own = { ...data, scaling: 'standard' as const };
  return { task, data: own, text: config.text, model: { ...config.model, pooling, dropout }, training };
}

/** A tagging among several tasks, as if it were the only one. @throws UserError when the task is another. */
export function asTagging(config: MultiTaskConfig, name: string): TaggingConfig {
  const { task, data, dropout, labelSmoothing } = headOf(config, name, 'tagging');
  const training = { ...trainingOf(config, name, tagMeasures), labelSmoothing };
  return { task, data, text: config.text, model: { ...config.model, dropout }, training };
}

/** A regression among several tasks, as if it were the only one. @throws UserError when the task is another. */
export function asRegression(config: MultiTaskConfig, name: string): RegressionConfig {
  const { task, data, pooling, dropout, loss, delta } = headOf(config, name, 'regression');
  const training = { ...trainingOf(config, name, valueMeasures), loss, delta };
  return { task, data, text: config.text, model: { ...config.model, pooling, dropout }, training };
}

function headOf<Kind extends HeadConfig['task']>(
  { tasks }: MultiTaskConfig,
  name: string,
  kind: Kind,
): Extract<HeadConfig, { task: Kind }> {
  const head = tasks[name];
  if (head?.task === kind) return head as Extract<HeadConfig, { task: Kind }>;
  throw new UserError(`the task is ${head?.task ?? 'missing'}, but the data are for ${kind}. Give others.`);
}

/** How all are trained, with the metrics of one of them. */
function trainingOf<Name extends string>(
  { training }: MultiTaskConfig,
  name: string,
  { all }: Measures<Name>,
) {
  const wanted = new Set<string>(training.validation.metrics);
  const metrics = all.filter((metric) => wanted.has(`${name}.${metric}`));
  return { ...training, validation: { ...training.validation, metrics, stopOn: 'loss' as const } };
}
