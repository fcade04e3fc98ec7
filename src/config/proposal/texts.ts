import type { ColumnProfile } from '../../data/profile.js';
import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { countLabels } from '../../data/countLabels.js';
import type { ClassCounts } from '../../data/survey.js';
import { textFacts, type TextFacts } from '../../data/textFacts.js';
import { formatCount } from '../../formats/terminal.js';
import { bagReader, type TextReader } from './bagEncoder.js';
import { planTraining } from './budget.js';
import { classEntries, imbalanceOf, stratifyEntries } from './classBalance.js';
import { entry, group } from './commentedYaml.js';
import {
  exampleOf,
  groupingOfTexts,
  ownParts,
  partEntries,
  splitEntries,
  trainingCount,
} from './dataEntries.js';
import { expectation, unmeasured } from './evidence.js';
import { badRowEntry, badRowHints, leftOutRows } from './leftOut.js';
import type { Circumstances, Proposal } from './proposal.js';
import { LONG, textEncoderOf, textEpochs } from './textEncoder.js';
import { tokenizationEntry, tokenizationToRead, type Tokenization } from './tokenization.js';
import { trainingEntries } from './trainingEntries.js';
import { describeColumn, percent, shares } from './words.js';

/** A class for a text. */
export function proposeTexts(
  { survey, wishes, path }: Circumstances<TableSurvey>,
  { text, label, reasons }: Extract<Recognised, { task: 'classification'; text: ColumnProfile }>,
): Proposal {
  const facts = textFacts(survey.rows.map((row) => row[text.place] ?? '').filter(Boolean));
  const classes = countLabels(survey.rows.map((row) => (row[label.place] ?? '').trim()).filter(Boolean));
  const cut = tokenizationToRead(facts);
  const own = ownParts(survey, wishes);
  const count = trainingCount(survey.count, own);
  const reader = cut.tokens.mean > LONG ? bagReader(count, facts, cut) : tokenReader(count, cut);
  const batch = 32;
  const { work, wanted, learningRate } = reader;
  const plan = planTraining(count, { batch, wanted, minutes: wishes.minutes, work });
  const balance = imbalanceOf(classes);
  const bad = leftOutRows(survey, { texts: [text, label] });
  const columns = group('columns', [
    entry('text', survey.names[text.place]!, describeColumn(text)),
    entry('label', survey.names[label.place]!, `${classes.length} classes: ${shares(classes)}`),
  ]);
  return {
    task: 'classification',
    reasons,
    entries: [
      entry('task', 'classification', 'says which class a text is of'),
      group('data', [
        ...partEntries({ survey, wishes, path }, [columns]),
        splitEntries(survey.count, own, [...groupingOfTexts(facts), ...stratifyEntries(balance)]),
        badRowEntry(bad),
      ]),
      ...reader.entries,
      trainingEntries({
        plan,
        batch,
        learningRate,
        weightDecay: 0.01,
        clip: true,
        ...classEntries(balance),
      }),
    ],
    model: `${reader.words}; ${classes.length} classes`,
    minutes: plan.minutes,
    expectation: expectationOf(facts, classes, survey.count),
    hints: [...badRowHints(bad), ...balance.hints],
    asked: exampleOf(survey, text),
  };
}

/** Characters of a message, about. */
const MESSAGE = { least: 20, most: 250 };

/** What was measured of messages of two classes, where the texts are like them; in any case what the floor is. */
function expectationOf({ characters, words }: TextFacts, classes: ClassCounts, count: number): string {
  const like =
    classes.length === 2 &&
    words.mean >= 2 &&
    characters.mean >= MESSAGE.least &&
    characters.mean <= MESSAGE.most;
  const { most } = imbalanceOf(classes);
  return `${like ? expectation('texts', count) : unmeasured} Always saying the most frequent class would be right of ${percent(most)}.`;
}

/** Shorter texts token by token. */
function tokenReader(count: number, cut: Tokenization): TextReader {
  const { entries, dropout, words, work, learningRate } = textEncoderOf(count, cut);
  return {
    entries: [
      tokenizationEntry('text', cut),
      group('model', [
        group('encoder', entries),
        entry(
          'pooling',
          'max',
          'a class shows in some places of a text: the strongest of each feature counts',
        ),
        entry('dropout', dropout, 'before the output layer'),
      ]),
    ],
    words: `${words} (${formatCount(cut.vocabulary)} different)`,
    work,
    learningRate,
    wanted: textEpochs(count),
  };
}
