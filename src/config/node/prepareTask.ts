import { buildClassificationTask } from '../classificationTask.js';
import { buildLanguageTask } from '../languageTask.js';
import { buildPairTask } from '../pairTask.js';
import type { Config } from '../schema.js';
import type { Task } from '../task.js';
import { readExamples } from './readExamples.js';
import { readLabelled } from './readLabelled.js';
import { readTexts } from './readTexts.js';

/**
 * Reads the data of a configuration and builds what it describes.
 * @throws UserError naming the file and the line, or the key.
 */
export async function prepareTask(config: Config): Promise<Task> {
  switch (config.task) {
    case 'sequence-to-sequence':
      return buildPairTask(config, await readExamples(config));
    case 'language-model':
      return buildLanguageTask(config, await readTexts(config));
    case 'classification':
      return buildClassificationTask(config, await readLabelled(config));
  }
}
