import type { ColumnProfile } from '../../data/profile.js';
import type { Recognised } from '../../data/recognise.js';
import type { TableSurvey } from '../../data/survey.js';
import { textFacts, type TextFacts } from '../../data/textFacts.js';
import { formatCount } from '../../formats/terminal.js';
import { clamp, planTraining, recurrentWork, type Work } from './budget.js';
import { entry, group, type Entry } from './commentedYaml.js';
import { exampleOf, ownParts, partEntries, splitEntries, trainingCount } from './dataEntries.js';
import { expectation, type Evidence } from './evidence.js';
import { badRowEntry, badRowHints, leftOutRows } from './leftOut.js';
import { learningRates, type LearningRate } from './learningRates.js';
import type { Circumstances, Proposal } from './proposal.js';
import { hasWords, MANY, tokenizationEntry, tokenizationOfSide, type Tokenization } from './tokenization.js';
import { averageEntry, trainingEntries } from './trainingEntries.js';
import { describeColumn, mean, percent } from './words.js';

/** What the answers are like, which decides what is measured. */
type Answers = 'names' | 'sounds' | 'sentences' | 'verses';

/** Tokens from which on a recurrent model takes too many steps. */
const LONG = 80;

/** A text for a text. */
export function proposePairs(
  { survey, wishes, path }: Circumstances<TableSurvey>,
  { source, target, reasons }: Extract<Recognised, { task: 'sequence-to-sequence' }>,
): Proposal {
  const facts = (place: number) => textFacts(survey.rows.map((row) => row[place] ?? '').filter(Boolean));
  const [read, written] = [facts(source.place), facts(target.place)];
  const [from, to] = [tokenizationOfSide(read), tokenizationOfSide(written)];
  const answers = answersOf(written, to, { from: source.script, to: target.script });
  const own = ownParts(survey, wishes);
  const count = trainingCount(survey.count, own);
  const model =
    Math.max(from.tokens.mean, to.tokens.mean) > LONG
      ? transformerOf(count, from, to)
      : recurrentOf(count, from, to, answers);
  const batch = count < 50_000 ? 64 : 128;
  const wanted = model.passes * clamp((13_000 / count) ** 0.45, 0.3, 2.5);
  const plan = planTraining(count, { batch, wanted, minutes: wishes.minutes, work: model.work });
  const { metrics, stopOn, stopWhy } = measured[answers];
  const bad = leftOutRows(survey, { texts: [source, target] });
  const columns = group('columns', [
    entry('source', survey.names[source.place]!, describeColumn(source)),
    entry('target', survey.names[target.place]!, describeColumn(target)),
  ]);
  return {
    task: 'sequence-to-sequence',
    reasons,
    entries: [
      entry('task', 'sequence-to-sequence', 'writes a text for a text'),
      group('data', [
        ...partEntries({ survey, wishes, path }, [columns]),
        splitEntries(survey.count, own, groupingOfPairs(source, target)),
        badRowEntry(bad),
        limitsEntry(from, to),
      ]),
      tokenizationEntry('source', from),
      tokenizationEntry('target', to),
      group('model', model.entries),
      trainingEntries({
        plan,
        batch,
        learningRate: model.learningRate,
        weightDecay: 0.01,
        clip: true,
        metrics,
        stopOn,
        stopWhy,
        examples: stopOn === 'loss' ? undefined : 500,
        own: [
          entry('labelSmoothing', 0.1, 'keeps the model from being too sure of the few examples that it has'),
          averageEntry(plan),
        ],
      }),
      group('decoding', [
        entry('beam', 5, 'best of 5 hypotheses, in place of the likeliest token each time'),
        entry(
          'lengthPenalty',
          1,
          'divides a hypothesis’s log probability by (5 + length) ÷ 6, so that short ones are not preferred (Wu et al. 2016)',
        ),
      ]),
      target.script === 'Han'
        ? group('metrics', [
            entry('bleu', { tokenizer: 'zh' }, 'Chinese has no spaces: BLEU over characters'),
            entry('ter', { normalized: true, asian: true }, 'and TER, where it is asked for'),
          ])
        : undefined,
    ],
    model: `${model.words}; reads ${from.unit} (${formatCount(from.vocabulary)} different), writes ${to.unit} (${formatCount(to.vocabulary)})`,
    minutes: plan.minutes,
    expectation: expectation(evidenceOf[answers], survey.count),
    hints: [
      ...badRowHints(bad),
      `The other direction: --source ${survey.names[target.place]!} --target ${survey.names[source.place]!}`,
    ],
    asked: exampleOf(survey, source),
  };
}

const evidenceOf: Readonly<Record<Answers, Evidence['kind']>> = {
  names: 'names',
  sounds: 'sounds',
  sentences: 'sentences',
  verses: 'verses',
};

const measured = {
  names: {
    metrics: ['loss', 'cer', 'exactMatch'],
    stopOn: 'exactMatch',
    stopWhy: 'a name is right or wrong',
  },
  sounds: { metrics: ['loss', 'per', 'wer'], stopOn: 'per', stopWhy: 'the share of tokens that are wrong' },
  sentences: {
    metrics: ['loss', 'chrf', 'bleu'],
    stopOn: 'chrf',
    stopWhy: 'several answers may be right: what counts is how much of the true one is there',
  },
  verses: {
    metrics: ['loss', 'perplexity'],
    stopOn: 'loss',
    stopWhy: 'many answers may be right: what counts is how likely the true one is',
  },
} as const;

/** Scripts whose words have no spaces between, and how long a text of them is a name at most. */
const unspaced = new Set(['Han', 'Kana', 'Thai']);
const LONGEST_NAME = { spaced: 25, unspaced: 5 };

function answersOf(
  facts: TextFacts,
  { unit }: Tokenization,
  script: { readonly from: string | undefined; readonly to: string | undefined },
): Answers {
  if (unit === 'words') return 'sounds';
  if (hasWords(facts) && unit !== 'characters') return 'sentences';
  const longest = LONGEST_NAME[unspaced.has(script.to ?? '') ? 'unspaced' : 'spaced'];
  if (facts.characters.mean < longest) return 'names';
  return script.from === script.to ? 'verses' : 'sentences';
}

/** Share of the targets that may come again: where a few answers are shared by all, all would be one group. */
const MOST_REPEATED = 0.3;

/** Keeps together what has an equal side. */
function groupingOfPairs(source: ColumnProfile, target: ColumnProfile): Entry[] {
  const repeated = ({ distinct, filled }: ColumnProfile) => (filled > 0 ? 1 - distinct / filled : 0);
  const [of, to] = [repeated(source), repeated(target)];
  if (to === 0 || to > MOST_REPEATED) return [];
  const why = `${percent(of)} of the sources and ${percent(to)} of the targets come again: pairs that share a side stay together, so that no tested answer was trained on`;
  return [entry('groupBy', 'component', why)];
}

/** Tokens that every batch has room for. */
const SHORT = 100;

/** Texts far longer than the others cost time in every batch that has one. */
function limitsEntry(from: Tokenization, to: Tokenization): Entry | undefined {
  const limit = (key: string, { tokens }: Tokenization) =>
    tokens.most > Math.max(SHORT, 3 * tokens.usual)
      ? entry(
          key,
          Math.ceil(1.25 * tokens.usual),
          'in tokens; 99 of 100 are shorter, the longest would fill batches',
        )
      : undefined;
  const limits = [limit('maxSourceLength', from), limit('maxTargetLength', to)];
  if (limits.every((each) => each === undefined)) return undefined;
  return group('limits', [...limits, entry('onTooLong', 'skip', 'longer ones are left out of training')]);
}

interface PairModel {
  readonly entries: readonly Entry[];
  readonly words: string;
  readonly work: Work;
  readonly learningRate: LearningRate;
  /** Epochs that 13,000 pairs bear. */
  readonly passes: number;
}

/** An encoder in both directions and a decoder with attention: strong for short texts, and quick to learn. */
function recurrentOf(count: number, from: Tokenization, to: Tokenization, answers: Answers): PairModel {
  const small = count < 4000;
  const large = count >= 50_000;
  const rich = Math.max(from.vocabulary, to.vocabulary) > MANY;
  const embedding = rich ? 128 : large ? 96 : 64;
  const reads = small ? 96 : large ? 256 : rich ? 192 : 160;
  const writes = small ? 160 : large || rich ? 320 : 256;
  const dropout = small || answers === 'verses' ? 0.4 : large ? 0.15 : 0.3;
  const few = large
    ? 'little is dropped: there are many pairs'
    : `${count < 4000 ? 'few' : 'not many'} pairs: dropping features keeps it from learning them by heart`;
  const encoder = { hidden: reads, directions: 2 };
  const memory = 2 * reads;
  return {
    entries: [
      group('encoder', [
        entry(
          'type',
          'recurrent',
          `texts of ${mean(from.tokens.mean)} ${from.unit}: few steps, and it learns from little`,
        ),
        entry('cell', 'gru', 'as good as an LSTM here, with a quarter fewer values'),
        entry('embeddingSize', embedding, `for ${formatCount(from.vocabulary)} different ${from.unit}`),
        entry('hiddenSize', reads, `of each direction; grows with the pairs, here ${formatCount(count)}`),
        entry('bidirectional', true, 'each token is read with what comes before and after it'),
        entry('dropout', dropout, few),
      ]),
      group('decoder', [
        entry('type', 'recurrent', 'as the encoder, whose last state it starts from'),
        entry('cell', 'gru', 'starts from the encoder’s state, so it is the same'),
        entry('embeddingSize', embedding, `for ${formatCount(to.vocabulary)} different ${to.unit}`),
        entry('hiddenSize', writes, 'larger than the encoder’s: it must know how answers are spelt'),
        entry('attention', 'general', 'looks back at the source at each step (Luong et al. 2015)'),
        entry('dropout', dropout, 'as the encoder'),
      ]),
    ],
    words: `GRU of ${reads} in both directions and a GRU of ${writes} with attention`,
    work: {
      recurrent:
        recurrentWork('gru', embedding, encoder) * from.tokens.mean +
        recurrentWork('gru', embedding, { hidden: writes }) * to.tokens.mean,
      dense: (memory * writes + writes * (writes + memory) + writes * to.vocabulary) * (to.tokens.mean + 1),
    },
    learningRate: large ? learningRates.largeRecurrent : learningRates.recurrent,
    // Of sentences with many words more is left to learn than of verses of a form.
    passes: rich ? (answers === 'verses' ? 20 : 26) : 40,
  };
}

function transformerOf(count: number, from: Tokenization, to: Tokenization): PairModel {
  const size = count < 20_000 ? 128 : 256;
  const dropout = count < 20_000 ? 0.3 : 0.1;
  const keys = (mean: string) => [
    entry('type', 'transformer', mean),
    entry('size', size, `features of a token; grows with the pairs, here ${formatCount(count)}`),
    entry('layers', 3, 'blocks; more learn slower'),
    entry('heads', 4, `${size / 4} features each look for something else`),
    entry('dropout', dropout, count < 20_000 ? 'few pairs for a transformer' : 'there are many pairs'),
  ];
  const attended = (tokens: number) => 2 * tokens * size;
  return {
    entries: [
      group(
        'encoder',
        keys(`texts of ${mean(from.tokens.mean)} ${from.unit}: read at once, not step by step`),
      ),
      group('decoder', keys('as the encoder')),
    ],
    words: `transformer of 3 + 3 blocks of ${size}`,
    work: {
      dense:
        3 * (12 * size ** 2 + attended(from.tokens.mean)) * from.tokens.mean +
        (3 * (16 * size ** 2 + attended(from.tokens.mean + to.tokens.mean)) + size * to.vocabulary) *
          to.tokens.mean,
    },
    learningRate: learningRates.transformer,
    passes: 20,
  };
}
