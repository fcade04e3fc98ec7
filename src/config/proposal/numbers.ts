import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { textFacts } from '../../data/textFacts.js';
import { formatCount } from '../../formats/terminal.js';
import { planTraining } from './budget.js';
import { entry, group } from './commentedYaml.js';
import { exampleOf, ownParts, partEntries, splitEntries, trainingCount } from './dataEntries.js';
import { unmeasured } from './evidence.js';
import { formattedHints, readFeatures, unreadHints } from './features.js';
import { badRowEntry, badRowHints, leftOutRows } from './leftOut.js';
import type { Circumstances, Proposal } from './proposal.js';
import { textEncoderOf, textEpochs } from './textEncoder.js';
import { tokenizationEntry, tokenizationToRead } from './tokenization.js';
import { trainingEntries } from './trainingEntries.js';
import { called, describeColumn } from './words.js';

type Regression = Extract<Recognised, { task: 'regression' }>;

/** Numbers for a text, or for other numbers. */
export function proposeNumbers(circumstances: Circumstances<TableSurvey>, recognised: Regression): Proposal {
  const { survey, wishes } = circumstances;
  const { text, features, values, reasons } = recognised;
  const own = ownParts(survey, wishes);
  const count = trainingCount(survey.count, own);
  const read = text ? ofText(circumstances, text.place, count) : readFeatures(features.length, count);
  const batch = 32;
  const plan = planTraining(count, { batch, wanted: read.wanted, minutes: wishes.minutes, work: read.work });
  const names = (columns: Regression['values']) => columns.map(({ place }) => survey.names[place]!);
  const columns = [
    text
      ? entry('text', survey.names[text.place]!, describeColumn(text))
      : entry('features', names(features), 'the numbers that are read'),
    entry('values', names(values), 'what is to be said; standardised while it is learnt'),
  ];
  const used = [...(text ? [text] : features), ...values];
  const bad = leftOutRows(survey, { texts: text ? [text] : [], numbers: [...features, ...values] });
  return {
    task: 'regression',
    reasons,
    entries: [
      entry('task', 'regression', 'says numbers'),
      group('data', [
        ...partEntries(circumstances, columns),
        splitEntries(survey.count, own),
        badRowEntry(bad),
      ]),
      read.tokenizer,
      group('model', read.model),
      trainingEntries({
        plan,
        batch,
        learningRate: read.learningRate,
        weightDecay: 0.01,
        clip: true,
        metrics: ['loss', 'mae', 'rmse', 'r2'],
        stopOn: 'loss',
        stopWhy:
          'mean squared error of standardised values; r2 is the share of the variance that is explained',
      }),
    ],
    model: read.words,
    minutes: plan.minutes,
    expectation: `${unmeasured} heddle evaluate compares them with always saying the mean.`,
    hints: [
      ...badRowHints(bad),
      `Another number to say: --target COLUMN (now ${values.map(called).join(', ')}).`,
      ...(text ? formattedHints(survey) : unreadHints(survey, used)),
    ],
    asked: text ? exampleOf(survey, text) : '--input FILE',
  };
}

function ofText({ survey }: Circumstances<TableSurvey>, place: number, count: number) {
  const cut = tokenizationToRead(textFacts(survey.rows.map((row) => row[place] ?? '').filter(Boolean)));
  const encoder = textEncoderOf(count, cut);
  return {
    tokenizer: tokenizationEntry('text', cut),
    model: [
      group('encoder', encoder.entries),
      entry('pooling', 'mean', 'all of a text counts for a number'),
      entry('dropout', encoder.dropout, 'before the output layer'),
    ],
    words: `${encoder.words} (${formatCount(cut.vocabulary)} different)`,
    work: encoder.work,
    learningRate: encoder.learningRate,
    wanted: textEpochs(count),
  };
}
