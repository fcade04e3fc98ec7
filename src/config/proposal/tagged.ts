import { countLabels } from '../../data/countLabels.js';
import type { ColumnProfile } from '../../data/profile.js';
import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { textFacts } from '../../data/textFacts.js';
import { formatCount } from '../../formats/terminal.js';
import { planTraining } from './budget.js';
import { classEntries, imbalanceOf } from './classBalance.js';
import { entry, group, type Entry } from './commentedYaml.js';
import {
  exampleOf,
  groupingOfTexts,
  ownParts,
  partEntries,
  splitEntries,
  trainingCount,
} from './dataEntries.js';
import { expectation } from './evidence.js';
import { badRowEntry, badRowHints, leftOutRows, type LeftOut } from './leftOut.js';
import type { Circumstances, Proposal } from './proposal.js';
import { textEncoderOf, textEpochs } from './textEncoder.js';
import { tokenizationEntry, tokenizationToTag } from './tokenization.js';
import { averageEntry, trainingEntries } from './trainingEntries.js';
import { called, describeColumn, shares } from './words.js';

/** A tag for each word, and where the table has classes of whole texts too, both from one encoder. */
export function proposeTagged(
  circumstances: Circumstances<TableSurvey>,
  { tokens, tags, reasons }: Extract<Recognised, { task: 'tagging' }>,
): Proposal {
  const { survey, wishes } = circumstances;
  const cells = (place: number) => survey.rows.map((row) => (row[place] ?? '').trim()).filter(Boolean);
  const facts = textFacts(cells(tokens.place));
  const cut = tokenizationToTag(facts);
  const kinds = countLabels(cells(tags.place).flatMap((tag) => tag.split(/\s+/u)));
  const entities = kinds.every(([tag]) => tag === 'O' || /^[BI]-/.test(tag));
  const label = wishes.task === 'tagging' ? undefined : labelBeside(survey, [tokens, tags]);
  const own = ownParts(survey, wishes);
  const count = trainingCount(survey.count, own);
  const encoder = textEncoderOf(count, cut, true);
  const batch = 32;
  const { work } = encoder;
  const plan = planTraining(count, { batch, wanted: 1.1 * textEpochs(count), minutes: wishes.minutes, work });
  const tagColumns = group('columns', [
    entry('tokens', survey.names[tokens.place]!, describeColumn(tokens)),
    entry('tags', survey.names[tags.place]!, `as many tags in each row, ${kinds.length} different ones`),
  ]);
  const untagged = leftOutRows(survey, { texts: [tokens, tags], alike: [tokens, tags] });
  const metric = entities ? 'entityF1' : 'tagAccuracy';
  const metricWhy = entities
    ? 'tags mark whole entities (B- and I-): one is right where its type and both ends are'
    : 'share of the words whose tag is right';
  const model = `${encoder.words} (${formatCount(cut.vocabulary)} different); ${kinds.length} tags`;
  const common = {
    plan,
    batch,
    learningRate: encoder.learningRate,
    weightDecay: 0.01,
    clip: true,
  };
  const data = (columns: Entry, bad: LeftOut) =>
    group('data', [
      ...partEntries(circumstances, [columns]),
      splitEntries(survey.count, own, groupingOfTexts(facts)),
      badRowEntry(bad),
    ]);
  const shared = {
    minutes: plan.minutes,
    expectation: expectation('tagged', survey.count),
    asked: exampleOf(survey, tokens),
  };
  if (!label)
    return {
      ...shared,
      task: 'tagging',
      reasons,
      entries: [
        entry('task', 'tagging', 'says a tag of each word'),
        data(tagColumns, untagged),
        tokenizationEntry('text', cut),
        group('model', [
          group('encoder', encoder.entries),
          entry('dropout', encoder.dropout, 'before the output layer'),
        ]),
        trainingEntries({
          ...common,
          metrics: ['loss', ...new Set(['tagAccuracy', metric])],
          stopOn: metric,
          stopWhy: metricWhy,
          own: [averageEntry(plan)],
        }),
      ],
      model,
      hints: badRowHints(untagged),
    };
  const classes = countLabels(cells(label.place));
  const names = { tags: taskName(tags, 'tags'), class: taskName(label, 'class') };
  const balance = imbalanceOf(classes);
  const unlabelled = leftOutRows(survey, { texts: [tokens, label] });
  const classKeys = classEntries(balance);
  return {
    ...shared,
    task: 'multi-task',
    reasons: [
      ...reasons,
      `${capital(called(label))} has ${classes.length} different values: a class for each text. Both are learnt over one encoder, which each helps to train.`,
    ],
    entries: [
      entry('task', 'multi-task', 'says a class of each text and a tag of each word'),
      tokenizationEntry('text', cut),
      group('model', [group('encoder', encoder.entries)]),
      group('tasks', [
        group(names.class, [
          entry('task', 'classification', `${classes.length} classes: ${shares(classes)}`),
          data(
            group('columns', [
              entry('text', survey.names[tokens.place]!, describeColumn(tokens)),
              entry('label', survey.names[label.place]!, `${classes.length} different values`),
            ]),
            unlabelled,
          ),
          entry(
            'pooling',
            'max',
            'a class shows in some words of a text: the strongest of each feature counts',
          ),
          ...classKeys.own,
        ]),
        group(names.tags, [
          entry('task', 'tagging', `${kinds.length} tags: ${shares(kinds)}`),
          data(tagColumns, untagged),
          entry('dropout', encoder.dropout, 'before the output layer'),
        ]),
      ]),
      trainingEntries({
        ...common,
        metrics: ['loss', `${names.class}.${classKeys.stopOn}`, `${names.tags}.${metric}`],
        stopOn: `${names.tags}.${metric}`,
        stopWhy: `the harder of the two; ${metricWhy}`,
        own: [averageEntry(plan)],
      }),
    ],
    model: `${model} and ${classes.length} classes`,
    hints: [
      ...badRowHints(untagged.count > 0 ? untagged : unlabelled),
      ...balance.hints,
      'Only the tags: --task tagging',
    ],
  };
}

/** A column of classes beside the tagged texts. */
function labelBeside({ columns }: TableSurvey, used: readonly ColumnProfile[]): ColumnProfile | undefined {
  return columns.find(
    (column) => column.kind === 'category' && column.distinct > 1 && !used.includes(column),
  );
}

/** What a task is called after its column, where metrics and files can be called so. */
function taskName({ name }: ColumnProfile, usual: string): string {
  return name !== undefined && /^[\w-]+$/.test(name) ? name : usual;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
