import { extendKey, permutation } from '../tensor/random.js';

export interface SpanOptions {
  /** Ids of the sentinels, in order: no more spans are taken out. */
  readonly sentinels: readonly number[];
  /** Share of the tokens that is taken out; 0.15 by default. */
  readonly rate?: number;
  /** Mean length of a span, in tokens; 3 by default. */
  readonly meanSpan?: number;
}

/** How many tokens are taken out of a text of some length, and in how many spans; at least one, and never all of several. */
export function spanCounts(
  length: number,
  { sentinels, rate = 0.15, meanSpan = 3 }: SpanOptions,
): { noise: number; spans: number } {
  if (length < 2) return { noise: length, spans: length };
  const noise = Math.min(Math.max(Math.round(length * rate), 1), length - 1);
  const most = Math.min(noise, length - noise, sentinels.length);
  return { noise, spans: Math.min(Math.max(Math.round(noise / meanSpan), 1), most) };
}

/**
 * Span corruption (Raffel et al. 2020, §3.1.4): spans of a text are taken out, each with a sentinel in its place; the
 * target lists them, each after its sentinel. A text begins with what is kept and ends with a span, as in T5's code.
 * @param key of the random numbers: another one, other spans.
 */
export function corruptSpans(
  ids: Int32Array,
  key: number,
  options: SpanOptions,
): { source: number[]; target: number[] } {
  const { noise, spans } = spanCounts(ids.length, options);
  const kept = ids.length === noise ? [0] : randomParts(ids.length - noise, spans, extendKey(key, 1));
  const source: number[] = [];
  const target: number[] = [];
  let at = 0;
  randomParts(noise, spans, extendKey(key, 2)).forEach((length, i) => {
    const sentinel = options.sentinels[i]!;
    const start = at + kept[i]!;
    source.push(...ids.subarray(at, start), sentinel);
    at = start + length;
    target.push(sentinel, ...ids.subarray(start, at));
  });
  return { source, target };
}

/** The text behind a source with sentinels and the spans that a model wrote for them; a span without an answer is left out. */
export function fillSpans(
  source: ArrayLike<number>,
  target: ArrayLike<number>,
  sentinels: readonly number[],
): number[] {
  const isSentinel = new Set(sentinels);
  const spans = new Map<number, number[]>();
  let span: number[] | undefined;
  for (const id of Array.from(target))
    if (isSentinel.has(id)) spans.set(id, (span = []));
    else span?.push(id);
  return Array.from(source).flatMap((id) => (isSentinel.has(id) ? (spans.get(id) ?? []) : [id]));
}

/** `total` cut into `parts` numbers from 1 at random, each way of cutting as likely as the others. */
function randomParts(total: number, parts: number, key: number): number[] {
  const cuts = [...permutation(total - 1, key).subarray(0, parts - 1)].map((cut) => cut + 1);
  const ends = [...cuts.sort((a, b) => a - b), total];
  return ends.map((end, i) => end - (ends[i - 1] ?? 0));
}
