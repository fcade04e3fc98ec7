import { figuresOf, type ClassFigures } from './classification.js';
import { figureOf, measurable, sumRows, type Measurable, type SumMetric } from './exampleSums.js';
import type { Metric } from './metrics.js';

/** A run of tokens with a type: [start, end). */
export interface Entity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The entities that tags mark in the scheme BIO: `B-PER` begins one, `I-PER` goes on with it, anything else is outside.
 * `I-PER` after something else than a person begins one too, as in the CoNLL evaluation (conlleval, seqeval).
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let open: { type: string; start: number } | undefined;
  tags.forEach((tag, t) => {
    const [, place, type] = /^([BI])-(.*)$/s.exec(tag) ?? [];
    if (open && (place !== 'I' || type !== open.type)) {
      entities.push({ ...open, end: t });
      open = undefined;
    }
    if (type !== undefined) open ??= { type, start: t };
  });
  if (open) entities.push({ ...open, end: tags.length });
  return entities;
}

/** The tags of one text: those of the data, and those that were predicted, token by token. */
export interface TaggedText {
  readonly labels: readonly string[];
  /** As many as there are labels. */
  readonly predictions: readonly string[];
}

/** Precision, recall and F1 over entities: one is right when its type and both ends are (Tjong Kim Sang & De Meulder 2003). */
export function entityFigures(texts: readonly TaggedText[]): ClassFigures {
  return texts.length === 0 ? figuresOfSums([0, 0, 0]) : figuresOfSums(sumRows(texts.map(entityCounts)));
}

/** Of a text, the entities that were predicted and are right, those that were predicted, and those that are there. */
function entityCounts({ labels, predictions }: TaggedText): number[] {
  const keys = (tags: readonly string[]) =>
    entitiesOf(tags).map(({ type, start, end }) => `${start} ${end} ${type}`);
  const wanted = new Set(keys(labels));
  const found = keys(predictions);
  return [found.filter((key) => wanted.has(key)).length, found.length, wanted.size];
}

function figuresOfSums([right, said, real]: readonly number[]): ClassFigures {
  return figuresOf({ right: right!, said: said!, real: real! });
}

/** Share of tokens whose tag was predicted. */
export function tagAccuracy(texts: readonly TaggedText[]): number {
  if (texts.length === 0) throw new RangeError('a metric needs at least one token');
  return figureOf(tagSums, texts);
}

const tagSums: SumMetric<TaggedText> = {
  row: ({ labels, predictions }) => [
    labels.filter((label, t) => label === predictions[t]).length,
    labels.length,
  ],
  figure([right, tokens]) {
    if (tokens === 0) throw new RangeError('a metric needs at least one token');
    return right! / tokens!;
  },
};

export interface TagMetric extends Metric<[texts: readonly TaggedText[]]> {
  /** The same metric of any choice of the texts. */
  over(texts: readonly TaggedText[]): Measurable;
}
export type TagMetricName = 'tagAccuracy' | 'entityPrecision' | 'entityRecall' | 'entityF1';

function entityMetric(name: TagMetricName, key: 'precision' | 'recall' | 'f1'): TagMetric {
  const figure = (sums: readonly number[]) => figuresOfSums(sums)[key];
  return {
    name,
    betterWhen: 'higher',
    compute: (texts) => entityFigures(texts)[key],
    over: (texts) => measurable({ row: entityCounts, figure }, texts),
  };
}

/**
 * - `tagAccuracy`: share of tokens whose tag was predicted.
 * - `entityPrecision`, `entityRecall`, `entityF1`: over whole entities in the scheme BIO ({@link entityFigures}).
 */
export const tagMetrics: Readonly<Record<TagMetricName, TagMetric>> = {
  tagAccuracy: {
    name: 'tagAccuracy',
    betterWhen: 'higher',
    compute: tagAccuracy,
    over: (texts) => measurable(tagSums, texts),
  },
  entityPrecision: entityMetric('entityPrecision', 'precision'),
  entityRecall: entityMetric('entityRecall', 'recall'),
  entityF1: entityMetric('entityF1', 'f1'),
};

export const tagMetricNames = Object.keys(tagMetrics) as TagMetricName[];
