import { buildClassificationTask } from '../classificationTask.js';
import { buildCtcTask } from '../ctcTask.js';
import { buildForecastingTask } from '../forecastingTask.js';
import { buildLanguageTask } from '../languageTask.js';
import { buildMaskedLanguageTask } from '../maskedLanguageTask.js';
import { buildPairTask } from '../pairTask.js';
import type { Config } from '../schema.js';
import { buildRegressionTask } from '../regressionTask.js';
import { buildTaggingTask } from '../taggingTask.js';
import type { Task } from '../task.js';
import { readNumbers } from '../../data/node/numbers.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readTagged } from './readTagged.js';
import { readTexts } from './readTexts.js';
import { readValued } from './readValued.js';

/**
 * Reads the data of a configuration and builds what it describes.
 * @throws UserError naming the file and the line, or the key.
 */
export async function prepareTask(config: Config): Promise<Task> {
  switch (config.task) {
    case 'sequence-to-sequence':
      return buildPairTask(config, await readExamples(config));
    case 'ctc':
      return buildCtcTask(config, await readExamples(config));
    case 'language-model':
      return buildLanguageTask(config, await readTexts(config));
    case 'masked-language-model':
      return buildMaskedLanguageTask(config, await readTexts(config));
    case 'classification':
      return buildClassificationTask(config, await readLabelled(config));
    case 'tagging':
      return buildTaggingTask(config, await readTagged(config.data));
    case 'regression':
      return buildRegressionTask(config, await readValued(config));
    case 'forecasting':
      return buildForecastingTask(config, await readNumbers(config.data.source.file, config.data.source));
  }
}
