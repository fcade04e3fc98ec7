import { extendKey, permutation } from '../tensor/random.js';

export interface SpanOptions {
  /** Ids of the sentinels, in order: no more spans are taken out. */
  readonly sentinels: readonly number[];
  /** Share of the tokens that is taken out; 0.15 by default. */
  readonly rate?: number;
  /** Mean length of a span, in tokens; 3 by default. */
  readonly meanSpan?: number;
}

/**
 * How many tokens are taken out of a text of some length, and in how many spans; at least one, and never all of several.
 * Without sentinels: how many of them the text could use.
 */
export function spanCounts(
  length: number,
  { sentinels, rate = 0.15, meanSpan = 3 }: Partial<SpanOptions> = {},
): { noise: number; spans: number } {
  if (length < 2) return { noise: length, spans: length };
  const noise = Math.min(Math.max(Math.round(length * rate), 1), length - 1);
  const most = Math.min(noise, length - noise, sentinels?.length ?? Infinity);
  return { noise, spans: Math.min(Math.max(Math.round(noise / meanSpan), 1), most) };
}

/**
 * Span corruption (Raffel et al. 2020, §3.1.4): spans of a text are taken out, each with a sentinel in its place; the
 * target lists them, each after its sentinel. Spans stand anywhere, but not side by side. (T5's code ends every text with
 * one; in a short text, which has no other, that would teach to go on and nothing else.)
 * @param key of the random numbers: another one, other spans.
 */
export function corruptSpans(
  ids: Int32Array,
  key: number,
  options: SpanOptions,
): { source: number[]; target: number[] } {
  const { noise, spans } = spanCounts(ids.length, options);
  // What is kept before, between and after the spans; at the ends it may be nothing.
  const kept = randomParts(ids.length - noise + 2, spans + 1, extendKey(key, 1));
  const source: number[] = [];
  const target: number[] = [];
  let at = 0;
  randomParts(noise, spans, extendKey(key, 2)).forEach((length, i) => {
    const sentinel = options.sentinels[i]!;
    const start = at + kept[i]! - (i === 0 ? 1 : 0);
    source.push(...ids.subarray(at, start), sentinel);
    at = start + length;
    target.push(sentinel, ...ids.subarray(start, at));
  });
  source.push(...ids.subarray(at));
  return { source, target };
}

/** The spans that a model wrote, by sentinel; one without an answer is empty. */
export function spansOf(target: ArrayLike<number>, sentinels: readonly number[]): number[][] {
  const spans = new Map(sentinels.map((sentinel) => [sentinel, [] as number[]]));
  let span: number[] | undefined;
  for (const id of Array.from(target))
    if (spans.has(id)) spans.set(id, (span = []));
    else span?.push(id);
  return [...spans.values()];
}

/** The text behind a source with sentinels and the spans that a model wrote for them; a span without an answer is left out. */
export function fillSpans(
  source: ArrayLike<number>,
  target: ArrayLike<number>,
  sentinels: readonly number[],
): number[] {
  const spans = spansOf(target, sentinels);
  return Array.from(source).flatMap((id) => spans[sentinels.indexOf(id)] ?? [id]);
}

/** `total` cut into `parts` numbers from 1 at random, each way of cutting as likely as the others. */
function randomParts(total: number, parts: number, key: number): number[] {
  const cuts = [...permutation(total - 1, key).subarray(0, parts - 1)].map((cut) => cut + 1);
  const ends = [...cuts.sort((a, b) => a - b), total];
  return ends.map((end, i) => end - (ends[i - 1] ?? 0));
}
