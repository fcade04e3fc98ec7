import type { SourceBatch } from '../data/batching.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { END } from '../text/vocabulary.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { adjusted, type Adjustment } from './adjustments.js';
import { DecoderPrograms } from './decoderPrograms.js';
import { stepInputs, type Alive, type Hypothesis } from './hypotheses.js';

export interface BeamOptions {
  /** Hypotheses kept per example; 1 is greedy decoding. */
  readonly beam?: number;
  /** Tokens after which a hypothesis is cut, END not counted. Default: twice the source, plus 10. */
  readonly maxLength?: number;
  /**
   * α of the length penalty ((5 + length) ÷ 6)^α (Wu et al. 2016): above 0 favours longer answers. 0 by default: the
   * likeliest answer wins.
   */
  readonly lengthPenalty?: number;
  /** What may come next, and how likely; hypotheses are then ranked by the adjusted log-probabilities. */
  readonly adjust?: readonly Adjustment[];
}

/** A search over a trained model; programs are compiled once and serve any batch. */
export type Search = (batch: SourceBatch, options?: Omit<BeamOptions, 'beam'>) => Promise<Hypothesis[][]>;

interface Example {
  readonly index: number;
  /** Tokens after which it is cut. */
  readonly limit: number;
  alive: Alive[];
  readonly finished: Hypothesis[];
}

/**
 * Batched beam search (greedy with one beam). Examples whose search is over leave the batch. Each example's hypotheses
 * come back best first, at most `beam` of them.
 * @throws UserError unless `beam` is a whole number from 1; so does a search whose `maxLength` is none, or whose
 * `lengthPenalty` is not finite.
 */
export async function createSearch(
  engine: Engine,
  model: Seq2Seq,
  parameters: ReadonlyMap<string, HostTensor>,
  beam = 1,
): Promise<Search> {
  requireOptions('beam search', 'a whole number from 1', { beam });
  // Of 2·beam continuations at most `beam` end, so that as many can go on.
  const programs = await DecoderPrograms.create(engine, model, parameters, beam === 1 ? 1 : 2 * beam);
  // Adjustments may forbid the likeliest tokens, so they are shown all.
  let wide: Promise<DecoderPrograms> | undefined;
  return async (batch, options = {}) => {
    if (!options.adjust?.length) return search(programs, batch, beam, options);
    wide ??= DecoderPrograms.create(engine, model, parameters, Infinity);
    return search(await wide, batch, beam, options);
  };
}

async function search(
  programs: DecoderPrograms,
  batch: SourceBatch,
  beam: number,
  options: Omit<BeamOptions, 'beam'>,
): Promise<Hypothesis[][]> {
  const { lengthPenalty = 0, maxLength, adjust = [] } = options;
  requireOptions('beam search', 'a finite number', { lengthPenalty });
  if (maxLength !== undefined) requireOptions('beam search', 'a whole number from 1', { maxLength });
  const penalty = (length: number) => ((5 + length) / 6) ** lengthPenalty;
  const generation = await programs.begin({ ...batch });
  const examples: Example[] = Array.from(batch.sourceLengths.data, (sourceLength, index) => ({
    index,
    limit: maxLength ?? 2 * sourceLength + 10,
    alive: [{ ids: [], logProbability: 0, row: index }],
    finished: [],
  }));
  let running = examples;

  for (let length = 1; running.length > 0; length++) {
    const width = Math.max(...running.map((example) => example.alive.length));
    const result = await programs.step(generation, stepInputs(running, width));
    running.forEach((example, b) => {
      const candidates: { score: number; token: number; parent: number }[] = [];
      example.alive.forEach(({ ids, logProbability: before }, parent) => {
        const first = (b * width + parent) * result.width;
        const next = Array.from({ length: result.width }, (_, i) => ({
          token: result.tokens[first + i]!,
          logProbability: result.scores[first + i]! - before,
        }));
        for (const { token, logProbability } of adjusted(ids, next, adjust))
          candidates.push({ score: before + logProbability, token, parent });
      });
      candidates.sort((x, y) => y.score - x.score || x.parent - y.parent || x.token - y.token);
      const next: Alive[] = [];
      for (const { score, token, parent } of candidates.slice(0, Math.max(1, beam === 1 ? 1 : 2 * beam))) {
        const { ids } = example.alive[parent]!;
        if (token === END)
          example.finished.push({ ids, logProbability: score, score: score / penalty(length) });
        else if (next.length < beam)
          next.push({ ids: [...ids, token], logProbability: score, row: b * width + parent });
      }
      // The step after the last token can only end a hypothesis.
      if (length <= example.limit) example.alive = next;
    });
    const still = running.filter(
      (example) => length <= example.limit && !isOver(example, beam, penalty(example.limit + 1)),
    );
    if (still.length < running.length) generation.keep(still.map((example) => running.indexOf(example)));
    running = still;
  }
  return examples.map((example) => rank(example, beam, penalty(example.limit + 1)));
}

/** Greedy search ends with the first END; a wider one when no hypothesis can still enter the best `beam`. */
function isOver({ alive, finished }: Example, beam: number, longestPenalty: number): boolean {
  if (alive.length === 0) return true;
  if (finished.length < beam) return false;
  const worst = finished.map((hypothesis) => hypothesis.score).sort((a, b) => b - a)[beam - 1]!;
  return alive[0]!.logProbability / longestPenalty <= worst;
}

function rank({ alive, finished }: Example, beam: number, longestPenalty: number): Hypothesis[] {
  // Answers that were cut count only where none has ended.
  const cut = alive.map(({ ids, logProbability }) => ({
    ids,
    logProbability,
    score: logProbability / longestPenalty,
  }));
  const ranked = (finished.length > 0 ? [...finished] : cut).sort((a, b) => b.score - a.score);
  return ranked.slice(0, beam);
}
