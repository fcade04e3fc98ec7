import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey, TextSurvey } from '../../data/survey.js';
import { textFacts } from '../../data/textFacts.js';
import { counted, formatCount, groupDigits } from '../../formats/terminal.js';
import { clamp, planTraining } from './budget.js';
import { entry, group, type Entry } from './commentedYaml.js';
import { splitEntries, tableEntries, trainingCount } from './dataEntries.js';
import { expectation } from './evidence.js';
import { badRowEntry, badRowHints, leftOutRows, type LeftOut } from './leftOut.js';
import { learningRates } from './learningRates.js';
import type { Circumstances, Proposal } from './proposal.js';
import { tokenizationEntry, tokenizationToContinue, type Tokenization } from './tokenization.js';
import { averageEntry, trainingEntries } from './trainingEntries.js';
import { mean } from './words.js';

/** One long text, or many lines, which a model learns to continue. */
export function proposeText(circumstances: Circumstances<TextSurvey>): Proposal {
  const { survey, path } = circumstances;
  const { file, encoding, lines, characters } = survey;
  const filled = lines.filter((line) => line.trim() !== '');
  const facts = textFacts(filled);
  // Blank lines stand between paragraphs; what has none is a list of texts.
  const whole = encoding === undefined && filled.length < lines.length - 1;
  const cut = tokenizationToContinue(facts);
  if (!whole)
    return proposeDocuments(circumstances, {
      source: [
        ...tableEntries({ file, format: 'text', encoding }, path),
        entry('column', 0, 'a line is a text'),
      ],
      cut,
      count: filled.length,
      reasons: ['Plain text without blank lines: each line is a text, and a model can learn how they go on.'],
      bad: { count: 0, words: undefined },
    });
  // The smallest parts, a twentieth of the text each, must hold windows of it.
  const context = clamp(Math.floor(0.02 * characters), 1, 128);
  const model = modelOf(characters, context);
  const batch = 16;
  // Windows that begin anywhere: an epoch is as many as lie beside each other.
  const count = Math.max(1, Math.floor((0.9 * characters) / context));
  const plan = planTraining(count, {
    batch,
    wanted: clamp(8 * (8000 / count) ** 0.5, 1, 40),
    minutes: circumstances.wishes.minutes,
    work: { dense: model.work(context) * context },
  });
  return {
    task: 'language-model',
    reasons: [
      `Plain text of ${groupDigits(characters)} characters with blank lines between its parts: one long text, and a model can learn how it goes on.`,
    ],
    entries: [
      entry('task', 'language-model', 'says what comes next'),
      group('data', [
        group('source', [entry('text', path(file), 'one long text')]),
        group('split', [
          entry('validation', 0.05, 'the end of the text chooses the best checkpoint'),
          entry('test', 0.05, 'and what is after that is measured once'),
        ]),
      ]),
      tokenizationEntry('text', cut),
      ...commonEntries(model.entries, { context, why: 'characters that are read together', plan, batch }),
    ],
    model: model.words(cut),
    minutes: plan.minutes,
    expectation: expectation('language', characters),
    hints: [],
    asked: 'HOW A TEXT BEGINS',
  };
}

/** A column of texts that a model learns to continue. */
export function proposeColumn(
  circumstances: Circumstances<TableSurvey>,
  { text, reasons }: Extract<Recognised, { task: 'language-model' }>,
): Proposal {
  const { survey, path } = circumstances;
  const facts = textFacts(survey.rows.map((row) => row[text.place] ?? '').filter(Boolean));
  return proposeDocuments(circumstances, {
    source: [...tableEntries(survey.source, path), entry('column', survey.names[text.place]!, 'the texts')],
    cut: tokenizationToContinue(facts),
    count: survey.count,
    reasons,
    bad: leftOutRows(survey, { texts: [text] }),
  });
}

interface Documents {
  readonly source: readonly Entry[];
  readonly cut: Tokenization;
  readonly count: number;
  readonly reasons: readonly string[];
  readonly bad: LeftOut;
}

/** Longest context that is proposed: attention costs its square. */
const LONGEST = 512;

function proposeDocuments(
  { wishes }: Circumstances,
  { source, cut, count, reasons, bad }: Documents,
): Proposal {
  const context = clamp(Math.ceil(1.1 * cut.tokens.usual) + 2, 16, LONGEST);
  const model = modelOf(count * cut.tokens.mean, context);
  const batch = clamp(2 ** Math.round(Math.log2(2048 / cut.tokens.mean)), 8, 64);
  const training = trainingCount(count, new Set());
  const plan = planTraining(training, {
    batch,
    wanted: clamp(8 * (1e6 / (training * cut.tokens.mean)) ** 0.5, 2, 60),
    minutes: wishes.minutes,
    work: { dense: model.work(cut.tokens.mean) * cut.tokens.mean },
  });
  const cutting = cut.tokens.most + 1 > context;
  return {
    task: 'language-model',
    reasons,
    entries: [
      entry('task', 'language-model', 'says what comes next'),
      group('data', [
        group('source', [
          ...source,
          cutting ? entry('onTooLong', 'skip', `the longest has ${cut.tokens.most} characters`) : undefined,
        ]),
        splitEntries(count, new Set()),
        badRowEntry(bad),
      ]),
      tokenizationEntry('text', cut),
      ...commonEntries(model.entries, {
        context,
        why: `99 of 100 texts have ${cut.tokens.usual} characters at most`,
        plan,
        batch,
      }),
    ],
    model: model.words(cut),
    minutes: plan.minutes,
    expectation: expectation('language', Math.round(count * cut.tokens.mean)),
    hints: [
      ...badRowHints(bad),
      `${counted(count, 'text')} of ${mean(cut.tokens.mean)} characters on average.`,
    ],
    asked: 'HOW A TEXT BEGINS',
  };
}

function modelOf(characters: number, context: number) {
  const [size, layers, dropout] =
    characters < 300_000 ? [96, 3, 0.2] : characters < 3e6 ? [128, 4, 0.1] : [192, 4, 0];
  return {
    entries: [
      entry(
        'size',
        size,
        `features of a token; grows with the text, here ${formatCount(characters)} characters`,
      ),
      entry('layers', layers, 'blocks of attention; more learn slower'),
      entry('heads', 4, `${size / 4} features each look for something else`),
      dropout > 0 ? entry('dropout', dropout, 'keeps it from learning the text by heart') : undefined,
    ],
    work: (tokens: number) => layers * (12 * size ** 2 + Math.min(tokens, context) * size),
    words: (cut: Tokenization) =>
      `transformer of ${layers} blocks of ${size} over ${cut.unit} (${formatCount(cut.vocabulary)} different)`,
  };
}

function commonEntries(
  model: readonly (Entry | undefined)[],
  {
    context,
    why,
    plan,
    batch,
  }: { context: number; why: string; plan: Parameters<typeof averageEntry>[0]; batch: number },
): Entry[] {
  return [
    group('model', [...model, entry('contextLength', context, why)]),
    trainingEntries({
      plan,
      batch,
      learningRate: learningRates.transformer,
      weightDecay: 0.1,
      clip: true,
      metrics: ['loss', 'perplexity'],
      stopOn: 'loss',
      stopWhy: 'how likely the true text is',
      own: [averageEntry(plan)],
    }),
    group('decoding', [
      entry('temperature', 0.8, 'a little bolder than what was learnt'),
      entry('topK', 40, 'only the 40 likeliest characters'),
    ]),
  ];
}
