import type { Survey } from '../../data/survey.js';
import { counted } from '../../formats/terminal.js';
import { UserError } from '../../tensor/errors.js';
import { formatCommented } from './commentedYaml.js';
import { entry } from './commentedYaml.js';
import { proposeColumn, proposeText } from './language.js';
import { proposeNumbers } from './numbers.js';
import { proposePairs } from './pairs.js';
import { proposeIdx, proposeImageFolder, proposeRecordings } from './pictures.js';
import type { TaskName } from '../schema.js';
import type { Circumstances, Proposal, Wishes } from './proposal.js';
import { rolesOf } from './roles.js';
import { proposeRows } from './rows.js';
import { proposeSeries } from './series.js';
import { proposeTagged } from './tagged.js';
import { proposeTexts } from './texts.js';

/**
 * A configuration for the data that were found, each value with its reason.
 * @throws UserError when no task fits, or the user asks for what the data do not hold.
 */
export function propose(circumstances: Circumstances): Proposal {
  const { survey, wishes } = circumstances;
  const of = <S extends Survey>(found: S): Circumstances<S> => ({ ...circumstances, survey: found });
  if (survey.kind !== 'table') refuseWishes(circumstances);
  refuseTooLittle(survey);
  switch (survey.kind) {
    case 'idx':
      return proposeIdx(of(survey));
    case 'images':
      return proposeImageFolder(of(survey));
    case 'recordings':
      return proposeRecordings(of(survey));
    case 'text':
      return proposeText(of(survey));
    case 'table': {
      const roles = rolesOf(survey, wishes);
      const own = of(survey);
      refuseUnused(wishes, heeded[roles.task] ?? usuallyHeeded, `for ${roles.task}`);
      switch (roles.task) {
        case 'sequence-to-sequence':
          return proposePairs(own, roles);
        case 'classification':
          return roles.text ? proposeTexts(own, roles) : proposeRows(own, roles);
        case 'tagging':
          return proposeTagged(own, roles);
        case 'regression':
          return proposeNumbers(own, roles);
        case 'forecasting':
          return proposeSeries(own, roles);
        case 'language-model':
          return proposeColumn(own, roles);
      }
    }
  }
}

/** Rows of a table, and characters of a text, below which there is nothing that a model could learn. */
const FEWEST = { rows: 10, characters: 1000 };

/** @throws UserError when a table or text is too small for any model. */
function refuseTooLittle(survey: Survey): void {
  if (survey.kind === 'table' && survey.count < FEWEST.rows)
    throw new UserError(
      `${survey.source.file}: holds ${counted(survey.count, 'row')}: too little to learn from. Collect some hundred at least.`,
    );
  if (survey.kind === 'text' && survey.characters < FEWEST.characters)
    throw new UserError(
      `${survey.file}: holds ${counted(survey.characters, 'character')}: too little to learn from. Collect some thousand sentences at least.`,
    );
}

const onlyTask = {
  idx: 'classification',
  images: 'classification',
  recordings: 'classification',
  text: 'language-model',
} as const;

function refuseWishes({ survey, wishes }: Circumstances): void {
  if (survey.kind === 'table') return;
  const only = onlyTask[survey.kind];
  if (wishes.task !== undefined && wishes.task !== only)
    throw new UserError(
      `--task ${wishes.task}: of such data heddle init proposes ${only} only. Leave it out.`,
    );
  const chosen = survey.kind === 'recordings' && survey.table ? ['target'] : [];
  refuseUnused(wishes, chosen, 'of such data');
}

/** Wishes that a proposal of a table heeds, beside the task and the minutes. */
const heeded: Readonly<Partial<Record<TaskName, readonly (keyof Wishes)[]>>> = {
  forecasting: ['target', 'horizon'],
  'language-model': ['source', 'target'],
};
const usuallyHeeded: readonly (keyof Wishes)[] = ['source', 'target', 'validation', 'test'];

/** What would not be heeded is not to be said. @throws UserError naming it. */
function refuseUnused(wishes: Wishes, used: readonly string[], where: string): void {
  for (const name of ['source', 'target', 'horizon', 'validation', 'test'] as const)
    if (wishes[name] !== undefined && !used.includes(name))
      throw new UserError(
        `--${name} ${wishes[name]}: a proposal ${where} does not heed it. Leave it out, and change the configuration by hand (docs/config.md).`,
      );
}

/** The proposal as the text of a configuration. */
export function formatProposal(name: string, { entries }: Proposal, head: readonly string[]): string {
  return formatCommented([entry('name', name, 'the run directory is runs/ and this'), ...entries], head);
}
