import { figuresOf, type ClassFigures } from './classification.js';
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
  let [right, said, real] = [0, 0, 0];
  for (const { labels, predictions } of texts) {
    const keys = (tags: readonly string[]) =>
      entitiesOf(tags).map(({ type, start, end }) => `${start} ${end} ${type}`);
    const wanted = new Set(keys(labels));
    const found = keys(predictions);
    right += found.filter((key) => wanted.has(key)).length;
    said += found.length;
    real += wanted.size;
  }
  return figuresOf({ right, said, real });
}

/** Share of tokens whose tag was predicted. */
export function tagAccuracy(texts: readonly TaggedText[]): number {
  let [right, tokens] = [0, 0];
  for (const { labels, predictions } of texts) {
    tokens += labels.length;
    right += labels.filter((label, t) => label === predictions[t]).length;
  }
  if (tokens === 0) throw new RangeError('a metric needs at least one token');
  return right / tokens;
}

export type TagMetric = Metric<[texts: readonly TaggedText[]]>;
export type TagMetricName = 'tagAccuracy' | 'entityPrecision' | 'entityRecall' | 'entityF1';

/**
 * - `tagAccuracy`: share of tokens whose tag was predicted.
 * - `entityPrecision`, `entityRecall`, `entityF1`: over whole entities in the scheme BIO ({@link entityFigures}).
 */
export const tagMetrics: Readonly<Record<TagMetricName, TagMetric>> = {
  tagAccuracy: { name: 'tagAccuracy', betterWhen: 'higher', compute: tagAccuracy },
  entityPrecision: {
    name: 'entityPrecision',
    betterWhen: 'higher',
    compute: (texts) => entityFigures(texts).precision,
  },
  entityRecall: {
    name: 'entityRecall',
    betterWhen: 'higher',
    compute: (texts) => entityFigures(texts).recall,
  },
  entityF1: { name: 'entityF1', betterWhen: 'higher', compute: (texts) => entityFigures(texts).f1 },
};

export const tagMetricNames = Object.keys(tagMetrics) as TagMetricName[];
