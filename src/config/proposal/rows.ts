import { countLabels } from '../../data/countLabels.js';
import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { planTraining } from './budget.js';
import { classEntries, imbalanceOf, stratifyEntries } from './classBalance.js';
import { entry, group } from './commentedYaml.js';
import { ownParts, partEntries, splitEntries, trainingCount } from './dataEntries.js';
import { unmeasured } from './evidence.js';
import { readFeatures, unreadHints } from './features.js';
import { badRowEntry, badRowHints, leftOutRows } from './leftOut.js';
import type { Circumstances, Proposal } from './proposal.js';
import { trainingEntries } from './trainingEntries.js';
import { called, percent, shares } from './words.js';

/** A class for a row of numbers. */
export function proposeRows(
  circumstances: Circumstances<TableSurvey>,
  { features, label, reasons }: Extract<Recognised, { task: 'classification'; text: undefined }>,
): Proposal {
  const { survey, wishes } = circumstances;
  const own = ownParts(survey, wishes);
  const count = trainingCount(survey.count, own);
  const classes = countLabels(survey.rows.map((row) => (row[label.place] ?? '').trim()).filter(Boolean));
  const read = readFeatures(features.length, count);
  const batch = 32;
  const plan = planTraining(count, { batch, wanted: read.wanted, minutes: wishes.minutes, work: read.work });
  const balance = imbalanceOf(classes);
  const nameOf = ({ place }: { readonly place: number }) => survey.names[place]!;
  const columns = group('columns', [
    entry('features', features.map(nameOf), 'the numbers that are read; scaled by the training part'),
    entry('label', nameOf(label), `${classes.length} classes: ${shares(classes)}`),
  ]);
  const used = [...features, label];
  const bad = leftOutRows(survey, { texts: [label], numbers: features });
  return {
    task: 'classification',
    reasons,
    entries: [
      entry('task', 'classification', 'says which class a row is of'),
      group('data', [
        ...partEntries(circumstances, [columns]),
        splitEntries(survey.count, own, stratifyEntries(balance)),
        badRowEntry(bad),
      ]),
      group('model', read.model),
      trainingEntries({
        plan,
        batch,
        learningRate: read.learningRate,
        weightDecay: 0.01,
        clip: true,
        ...classEntries(balance),
      }),
    ],
    model: `${read.words}; ${classes.length} classes`,
    minutes: plan.minutes,
    expectation: `${unmeasured} Always saying the most frequent class would be right of ${percent(balance.most)}.`,
    hints: [
      ...badRowHints(bad),
      ...balance.hints,
      `Another column to say: --target COLUMN (now ${called(label)}).`,
      ...unreadHints(survey, used),
    ],
    asked: '--input FILE',
  };
}
