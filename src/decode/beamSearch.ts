import type { GenerationBatch } from '../data/batching.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Generative } from '../models/generative.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { END } from '../text/vocabulary.js';
import { adjusted, nothingLeft, type Candidate } from './adjustments.js';
import { adjustmentsOf, lengthLimit, type AnswerShape } from './answerShape.js';
import { Constraints, unmeetable } from './constraints.js';
import { DecoderPrograms } from './decoderPrograms.js';
import { remaining, stepInputs, type Alive, type Hypothesis } from './hypotheses.js';

export interface BeamOptions extends AnswerShape {
  /** Hypotheses kept per example; 1 is greedy decoding. */
  readonly beam?: number;
  /**
   * α of the length penalty ((5 + length) ÷ 6)^α (Wu et al. 2016): above 0 favours longer answers. 0 by default: the
   * likeliest answer wins.
   */
  readonly lengthPenalty?: number;
  /** Phrases, as tokens, that every answer must contain; `beam` hypotheses are kept for each token of them that is there. */
  readonly constraints?: readonly (readonly number[])[];
}

/** A search over a trained model; programs are compiled once and serve any batch. */
export type BeamSearch = (
  batch: GenerationBatch,
  options?: Omit<BeamOptions, 'beam'>,
) => Promise<Hypothesis[][]>;

interface Example {
  readonly index: number;
  /** Tokens after which it is cut. */
  readonly limit: number;
  alive: Alive[];
  readonly finished: Hypothesis[];
}

/**
 * Batched beam search (Lowerre 1976; for encoder–decoders Sutskever et al. 2014), greedy with one beam: of all
 * continuations of the `beam` likeliest beginnings, the `beam` likeliest go on. Examples whose search is over leave the
 * batch. Each example's hypotheses come back best first, at most `beam` of them.
 * @throws UserError unless `beam` is a whole number from 1; so does a search whose `maxLength` is none or below the
 * prefix and the constraints, whose `lengthPenalty` is not finite, or whose adjustments leave nothing.
 */
export async function createSearch(
  engine: Engine,
  model: Generative,
  parameters: ReadonlyMap<string, HostTensor>,
  beam = 1,
): Promise<BeamSearch> {
  requireOptions('beam search', 'a whole number from 1', { beam });
  // Of 2·beam continuations at most `beam` end, so that as many can go on.
  const programs = await DecoderPrograms.create(engine, model, parameters, beam === 1 ? 1 : 2 * beam);
  // Adjustments may forbid the likeliest tokens and constraints want others, so they are shown all.
  let wide: Promise<DecoderPrograms> | undefined;
  return async (batch, options = {}) => {
    const { constraints = [] } = options;
    if (adjustmentsOf(options).length === 0 && constraints.length === 0)
      return search(programs, batch, beam, options);
    wide ??= DecoderPrograms.create(engine, model, parameters, Infinity);
    return search(await wide, batch, beam, options);
  };
}

async function search(
  programs: DecoderPrograms,
  batch: GenerationBatch,
  beam: number,
  options: Omit<BeamOptions, 'beam'>,
): Promise<Hypothesis[][]> {
  const { lengthPenalty = 0, prefix = [] } = options;
  requireOptions('beam search', 'a finite number', { lengthPenalty });
  const penalty = (length: number) => ((5 + length) / 6) ** lengthPenalty;
  const adjust = adjustmentsOf(options);
  const width = beam === 1 ? 1 : 2 * beam;
  const constraints = new Constraints(options.constraints ?? []);
  const constrained = constraints.after(prefix);
  const examples: Example[] = Array.from(batch.sourceLengths.data, (sourceLength, index) => ({
    index,
    limit: lengthLimit(sourceLength, options, programs.maxLength, constrained),
    alive: [{ ids: [], logProbability: 0, weight: 0, row: index, progress: constraints.start }],
    finished: [],
  }));
  const generation = await programs.begin({ ...batch });
  let running = examples;

  for (let length = 1; running.length > 0; length++) {
    const beams = Math.max(...running.map((example) => example.alive.length));
    const offered = await programs.step(generation, stepInputs(running, beams, options.start));
    running.forEach((example, b) => {
      const next: Alive[] = [];
      const banks = new Map<number, Continuation[]>();
      example.alive.forEach((hypothesis, k) => {
        const allowed = adjusted(hypothesis.ids, offered.of(b * beams + k), adjust);
        for (const candidate of constraints.worthwhile(hypothesis.progress, allowed, width)) {
          const continuation = continued(hypothesis, k, candidate, constraints);
          const { bank } = continuation.progress;
          if (!banks.has(bank)) banks.set(bank, []);
          banks.get(bank)!.push(continuation);
        }
      });
      for (const candidates of banks.values()) {
        candidates.sort((x, y) => y.weight - x.weight || x.parent - y.parent || x.token - y.token);
        let going = 0;
        for (const { parent, token, logProbability, weight, progress } of candidates.slice(0, width)) {
          const { ids } = example.alive[parent]!;
          if (token === END) example.finished.push({ ids, logProbability, score: weight / penalty(length) });
          else if (going++ < beam)
            next.push({ ids: [...ids, token], logProbability, weight, row: b * beams + parent, progress });
        }
      }
      if (next.length === 0 && example.finished.length === 0)
        throw constraints.total > 0 ? unmeetable() : nothingLeft();
      // The step after the last token can only end a hypothesis.
      if (length <= example.limit) example.alive = next;
    });
    const places = remaining(running, ({ alive, finished, limit }) => {
      // What is alive can at best keep its sum; the penalty that suits it best is the next length's or the last one's.
      const kindest = Math.max(penalty(length + 1), penalty(limit + 1));
      return length <= limit && !isOver(alive, finished, beam, kindest);
    });
    if (places.length < running.length) generation.keep(places);
    running = places.map((place) => running[place]!);
  }
  return examples.map(({ alive, ...example }) => {
    const met = alive.filter(({ progress }) => constraints.isMet(progress));
    return rank({ ...example, alive: met }, beam, penalty(example.limit + 1));
  });
}

/** A hypothesis of an example with one more token, or ended. */
interface Continuation extends Omit<Alive, 'ids' | 'row'> {
  /** Which of the example's hypotheses it continues. */
  readonly parent: number;
  readonly token: number;
}

function continued(
  { logProbability, weight, progress }: Alive,
  parent: number,
  candidate: Candidate,
  constraints: Constraints,
): Continuation {
  const { token } = candidate;
  return {
    parent,
    token,
    logProbability: logProbability + candidate.logProbability,
    weight: weight + candidate.weight,
    progress: token === END ? progress : constraints.advance(progress, token),
  };
}

/** Greedy search ends with the first END; a wider one when no hypothesis can still enter the best `beam`. */
function isOver(
  alive: readonly Alive[],
  finished: readonly Hypothesis[],
  beam: number,
  kindestPenalty: number,
): boolean {
  if (alive.length === 0) return true;
  if (finished.length < beam) return false;
  const worst = finished.map(({ score }) => score).sort((a, b) => b - a)[beam - 1]!;
  return Math.max(...alive.map(({ weight }) => weight)) / kindestPenalty <= worst;
}

function rank({ alive, finished }: Example, beam: number, lastPenalty: number): Hypothesis[] {
  // Answers that were cut count only where none has ended.
  const cut = alive.map(({ ids, logProbability, weight }) => ({
    ids,
    logProbability,
    score: weight / lastPenalty,
  }));
  const ranked = (finished.length > 0 ? [...finished] : cut).sort((a, b) => b.score - a.score);
  if (ranked.length === 0) throw unmeetable();
  return ranked.slice(0, beam);
}
