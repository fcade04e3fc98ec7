import type { ClassCounts } from '../../data/survey.js';
import { entry, type Entry } from './commentedYaml.js';
import { percent } from './words.js';

/** How evenly examples are spread over classes. */
export interface Balance {
  /** Whether a model could do well by hardly ever saying some class. */
  readonly uneven: boolean;
  /** Share of the most frequent class: the accuracy of always saying it. */
  readonly most: number;
  readonly hints: readonly string[];
}

/** Times that the largest class is the smallest from which on rare classes need weight. */
const UNEVEN = 3;
/** Examples of a class below which little can be learnt of it. */
const FEW = 10;

/** @param classes the most frequent first. */
export function imbalanceOf(classes: ClassCounts): Balance {
  const total = classes.reduce((sum, [, count]) => sum + count, 0);
  const [largest, smallest] = [classes[0]?.[1] ?? 0, classes.at(-1)?.[1] ?? 0];
  const rare = classes.filter(([, count]) => count < FEW).length;
  return {
    uneven: largest >= UNEVEN * smallest,
    most: total > 0 ? largest / total : 0,
    hints:
      rare > 0
        ? [
            `${rare} of ${classes.length} classes have fewer than ${FEW} examples: join them to others, or collect more.`,
          ]
        : [],
  };
}

/** What is measured of classes, and how rare ones are weighed. */
export function classEntries({ uneven, most }: Balance): {
  metrics: string[];
  stopOn: string;
  stopWhy: string;
  own: (Entry | undefined)[];
} {
  return {
    metrics: ['loss', 'accuracy', 'macroF1'],
    stopOn: uneven ? 'macroF1' : 'accuracy',
    stopWhy: uneven
      ? `always saying the most frequent class has an accuracy of ${percent(most)}; the mean F1 of the classes tells more`
      : 'the classes are about as frequent as each other',
    own: [
      uneven
        ? entry(
            'classWeights',
            'balanced',
            `the most frequent class is ${percent(most)}: rare ones count more`,
          )
        : undefined,
    ],
  };
}

/** Gives every part its share of rare classes. */
export function stratifyEntries({ uneven }: Balance): Entry[] {
  return uneven ? [entry('stratify', true, 'every part gets its share of the rare classes')] : [];
}
