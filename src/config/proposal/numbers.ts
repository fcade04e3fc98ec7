import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { textFacts } from '../../data/textFacts.js';
import { formatCount } from '../../formats/terminal.js';
import { clamp, planTraining } from './budget.js';
import { entry, group } from './commentedYaml.js';
import {
  badRowEntries,
  exampleOf,
  ownParts,
  partEntries,
  splitEntries,
  trainingCount,
} from './dataEntries.js';
import { expectation } from './evidence.js';
import { learningRates } from './learningRates.js';
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
  const read = text ? ofText(circumstances, text.place, count) : ofFeatures(features.length, count);
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
  return {
    task: 'regression',
    reasons,
    entries: [
      entry('task', 'regression', 'says numbers'),
      group('data', [
        ...partEntries(circumstances, columns),
        splitEntries(survey.count, own),
        badRowEntries(
          survey,
          used.map(({ place }) => place),
        ),
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
    expectation: expectation('texts', survey.count),
    hints: [`Another number to say: --target COLUMN (now ${values.map(called).join(', ')}).`],
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

function ofFeatures(features: number, count: number) {
  const hidden = count < 2000 ? 32 : 64;
  return {
    tokenizer: undefined,
    model: [
      group('encoder', [
        entry('type', 'mlp', 'a perceptron: the order of the columns says nothing'),
        entry('hiddenSizes', [hidden, hidden], `two layers; ${formatCount(count)} rows to train on`),
        entry('dropout', count < 2000 ? 0.1 : 0, count < 2000 ? 'few rows' : 'many rows: nothing is dropped'),
      ]),
    ],
    words: `perceptron of ${hidden} and ${hidden} units over ${features} numbers`,
    work: { dense: features * hidden + hidden * hidden },
    learningRate: learningRates.hiddenLayers,
    wanted: clamp(60 * Math.sqrt(10_000 / count), 10, 300),
  };
}
