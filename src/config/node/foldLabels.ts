import { byPart, type SplitName } from '../../data/split.js';
import { counted } from '../../formats/terminal.js';
import { UserError } from '../../tensor/errors.js';
import { wordTokenizer } from '../../text/tokenizer.js';
import { labelsIn } from '../multiLabelTask.js';
import type { Config } from '../schema.js';
import type { Fold } from './crossValidate.js';
import { readLabelled } from './readLabelled.js';
import { readMultiLabel } from './readMultiLabel.js';
import { readTagged } from './readTagged.js';

/** The labels of each example, part by part. */
type LabelsByPart = Readonly<Record<SplitName, readonly (readonly string[])[]>>;

/**
 * Sees to it before anything is trained that each fold can learn every label that it is asked for.
 * @throws UserError naming a label that a fold sets aside with all its examples; also as the data of a fold are read.
 */
export async function requireLearnable(folds: readonly Fold[]): Promise<void> {
  for (const { config, fold, folds: count } of folds) {
    const parts = await labelsOf(config);
    if (!parts) return;
    const learnt = new Set(parts.train.flat());
    const aside = [...parts.test, ...parts.validation];
    const lost = aside.flat().find((label) => !learnt.has(label));
    if (lost === undefined) continue;
    const examples = aside.filter((labels) => labels.includes(lost)).length;
    throw new UserError(
      `cross-validate: the label ${JSON.stringify(lost)} has ${counted(examples, 'example')} in all, and fold ${fold} of ${count} sets ${examples === 1 ? 'it' : 'them'} aside, so that nothing is left to learn it from. Leave it out or join it with another label, or give ${count} examples of it or more that are not kept together (data.split.groupBy)${spread(config)}.`,
    );
  }
}

/** What would spread labels over the folds, where it is not done yet. */
function spread(config: Config): string {
  return config.task === 'classification' && !config.data.split.stratify
    ? ', spread over the folds by data.split.stratify: true'
    : '';
}

/** Those of the data of a configuration; undefined where what is to be said is no label. */
async function labelsOf(config: Config): Promise<LabelsByPart | undefined> {
  switch (config.task) {
    case 'classification': {
      const data = await readLabelled(config);
      if ('texts' in data) return byPart((part) => data.texts[part].map(({ label }) => [label]));
      const read = 'rows' in data ? data.rows : data.images;
      return byPart((part) => read[part].labels.map((label) => [label]));
    }
    case 'multi-label': {
      const rows = await readMultiLabel(config);
      return byPart((part) => rows[part].labels.map((cell) => labelsIn(cell, config.data.labelSeparator)));
    }
    case 'tagging': {
      const texts = await readTagged(config.data);
      return byPart((part) => texts[part].map(({ label }) => wordTokenizer.tokenize(label)));
    }
    default:
      return undefined;
  }
}
