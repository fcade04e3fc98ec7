import { recurrentWork, type Work } from './budget.js';
import { entry, type Entry } from './commentedYaml.js';
import { learningRates, type LearningRate } from './learningRates.js';
import type { Tokenization } from './tokenization.js';
import { mean } from './words.js';
import { formatCount } from '../../formats/terminal.js';

/** An encoder of texts that are answered with a class, tags or a number. */
export interface TextEncoderProposal {
  readonly entries: readonly Entry[];
  readonly words: string;
  readonly work: Work;
  readonly learningRate: LearningRate;
  readonly dropout: number;
}

/** Tokens from which on convolutions, which need no steps, are quicker than a recurrent layer. */
export const LONG = 60;

/** @param count texts to train on. @param perToken whether each token has a tag, so that the order counts. */
export function textEncoderOf(count: number, cut: Tokenization, perToken = false): TextEncoderProposal {
  const few = count < 8000;
  const dropout = count < 50_000 ? 0.4 : 0.2;
  const why =
    count < 50_000
      ? `${formatCount(count)} texts: dropping features keeps it from learning them by heart`
      : 'little is dropped: there are many texts';
  const { tokens, unit } = cut;
  if (!perToken && tokens.mean > LONG) {
    const byCharacter = unit === 'characters' && cut.vocabulary <= 500;
    const [embedding, channels, layers, kernel] = byCharacter ? [32, few ? 96 : 128, 2, 5] : [128, 128, 2, 3];
    return {
      entries: [
        entry(
          'type',
          'convolutional',
          `texts of ${mean(tokens.mean)} ${unit}: convolutions need no step for each`,
        ),
        entry('embeddingSize', embedding, `for ${formatCount(cut.vocabulary)} different ${unit}`),
        entry('channels', channels, 'patterns that are looked for'),
        entry('layers', layers, `blocks; the last sees ${1 + 2 * layers * (kernel - 1)} ${unit} together`),
        entry('kernel', kernel, `${unit} that a pattern of the first layer spans`),
        entry('dropout', count < 50_000 ? 0.3 : 0.1, why),
      ],
      words: `${layers} blocks of convolutions of ${channels} over ${unit}`,
      work: {
        convolutional:
          tokens.mean * (embedding * channels * kernel + (2 * layers - 1) * channels ** 2 * kernel),
      },
      learningRate: learningRates.convolutional,
      dropout: 0.3,
    };
  }
  const [embedding, hidden] = few ? [96, 96] : [128, 160];
  return {
    entries: [
      entry(
        'type',
        'recurrent',
        `texts of ${mean(tokens.mean)} ${unit}: few steps, and it learns from little`,
      ),
      entry('cell', 'lstm', 'keeps what it read for long'),
      entry('embeddingSize', embedding, `for ${formatCount(cut.vocabulary)} different ${unit}`),
      entry('hiddenSize', hidden, `of each direction; grows with the texts, here ${formatCount(count)}`),
      entry('bidirectional', true, 'each token is read with what comes before and after it'),
      entry('dropout', dropout, why),
    ],
    words: `LSTM of ${hidden} in both directions over ${unit}`,
    work: { recurrent: tokens.mean * recurrentWork('lstm', embedding, { hidden, directions: 2 }) },
    learningRate: learningRates.recurrent,
    dropout: 0.3,
  };
}

/** Epochs that so many texts bear. */
export function textEpochs(count: number): number {
  return Math.min(40, Math.max(3, 12 * (10_000 / count) ** 0.4));
}
