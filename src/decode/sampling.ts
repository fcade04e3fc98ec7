import type { GenerationBatch } from '../data/batching.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Generative } from '../models/generative.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { END } from '../text/vocabulary.js';
import { adjusted, nothingLeft, type Candidate } from './adjustments.js';
import { adjustmentsOf, lengthLimit, type AnswerShape } from './answerShape.js';
import { DecoderPrograms } from './decoderPrograms.js';
import { remaining, stepInputs, type Hypothesis } from './hypotheses.js';

export interface DistributionOptions {
  /** Log-probabilities are divided by it: below 1 bolder, above 1 more varied. 1 by default. */
  readonly temperature?: number;
  /** Only the k likeliest tokens (Fan et al. 2018); all by default. */
  readonly topK?: number;
  /** Only the fewest tokens whose probabilities reach p together (Holtzman et al. 2020); 1 by default. */
  readonly topP?: number;
  /** Only tokens at least as likely as this share of the likeliest (Nguyen et al. 2024); 0 by default. */
  readonly minP?: number;
}

export interface SamplingOptions extends DistributionOptions, AnswerShape {
  /** Answers drawn per example; 1 by default. */
  readonly samples?: number;
  /** With the same seed the same answers, whatever the batch; 1 by default. */
  readonly seed?: number;
}

/** One drawn token of one answer; END closes it. */
export interface Draw {
  /** Row of the batch, and which of its answers. */
  readonly example: number;
  readonly sample: number;
  readonly token: number;
  /** What the model gave it, in nats. */
  readonly logProbability: number;
}

/** Draws answers; programs are compiled once and serve any batch. */
export interface Sampler {
  /** The answers of each example, in the order drawn. */
  sample(batch: GenerationBatch, options?: SamplingOptions): Promise<Hypothesis[][]>;
  /** The same, token by token: what each step draws, for all answers that go on. */
  stream(batch: GenerationBatch, options?: SamplingOptions): AsyncGenerator<readonly Draw[]>;
}

/** Ranking a vocabulary of 8,000 takes 0.9 ms a row, as long as the step of a small model; ranking the first few nothing. */
const FEW = 64;

/** Prepares sampling from a trained model. Both methods throw a UserError for options that cannot be. */
export async function createSampler(
  engine: Engine,
  model: Generative,
  parameters: ReadonlyMap<string, HostTensor>,
): Promise<Sampler> {
  const compile = (k: number) => DecoderPrograms.create(engine, model, parameters, k);
  const all = await compile(Infinity);
  let few: Promise<DecoderPrograms> | undefined;
  const stream = async function* (batch: GenerationBatch, options: SamplingOptions = {}) {
    const { topK = Infinity } = options;
    // Adjustments may forbid the likeliest, so they are shown all.
    const enough = topK <= FEW && adjustmentsOf(options).length === 0;
    yield* draw(enough ? await (few ??= compile(FEW)) : all, batch, options);
  };
  return {
    stream,
    async sample(batch, options = {}) {
      const { samples = 1 } = options;
      requireOptions('sampling', 'a whole number from 1', { samples });
      const answers = Array.from(batch.sourceLengths.data, () =>
        Array.from({ length: samples }, () => ({ ids: [] as number[], logProbability: 0 })),
      );
      for await (const draws of stream(batch, options))
        for (const { example, sample, token, logProbability } of draws) {
          const answer = answers[example]![sample]!;
          answer.logProbability += logProbability;
          if (token !== END) answer.ids.push(token);
        }
      return answers.map((each) => each.map((answer) => ({ ...answer, score: answer.logProbability })));
    },
  };
}

interface Answering {
  readonly index: number;
  readonly limit: number;
  /** Decides its draws. */
  readonly key: number;
  alive: { readonly ids: readonly number[]; readonly row: number; readonly sample: number }[];
}

async function* draw(
  programs: DecoderPrograms,
  batch: GenerationBatch,
  options: SamplingOptions,
): AsyncGenerator<readonly Draw[]> {
  const { samples = 1, seed = 1 } = options;
  requireOptions('sampling', 'a whole number from 1', { samples });
  requireOptions('sampling', 'a whole number from 0', { seed });
  requireDistribution(options);
  const adjust = adjustmentsOf(options);
  let running: Answering[] = Array.from(batch.sourceLengths.data, (sourceLength, index) => ({
    index,
    limit: lengthLimit(sourceLength, options, programs.maxLength),
    key: randomKey(seed, batch.exampleIndex.data[index]!),
    alive: Array.from({ length: samples }, (_, sample) => ({ ids: [], row: index, sample })),
  }));
  const generation = await programs.begin({ ...batch });

  for (let position = 0; running.length > 0; position++) {
    const width = Math.max(...running.map(({ alive }) => alive.length));
    const candidates = await programs.step(generation, stepInputs(running, width, options.start));
    const draws: Draw[] = [];
    running.forEach((example, b) => {
      const next: typeof example.alive = [];
      example.alive.forEach(({ ids, sample }, k) => {
        const row = b * width + k;
        const chance = randomUniform(randomKey(example.key, sample), position);
        let drawn: Candidate;
        if (adjust.length === 0)
          drawn = candidates.at(row, choose(candidates.logProbabilities(row), options, chance));
        else {
          const allowed = adjusted(ids, candidates.of(row), adjust);
          const weights = allowed.map(({ weight }) => weight);
          drawn = allowed[choose(weights, options, chance)]!;
        }
        const { token, logProbability } = drawn;
        draws.push({ example: example.index, sample, token, logProbability });
        if (token !== END) next.push({ ids: [...ids, token], row, sample });
      });
      example.alive = position + 1 < example.limit ? next : [];
    });
    yield draws;
    const places = remaining(running, ({ alive }) => alive.length > 0);
    if (places.length < running.length) generation.keep(places);
    running = places.map((place) => running[place]!);
  }
}

/** @throws UserError naming the option that cannot be. */
function requireDistribution({
  temperature = 1,
  topK = Infinity,
  topP = 1,
  minP = 0,
}: DistributionOptions): void {
  requireOptions('sampling', 'a finite number above 0', { temperature });
  requireOptions('sampling', 'a whole number from 1, or Infinity', { topK });
  requireOptions('sampling', 'above 0 and at most 1', { topP });
  requireOptions('sampling', 'at least 0 and below 1', { minP });
}

/** Which candidate is at `chance` (in [0, 1)) of what temperature and cuts leave of the distribution. */
function choose(weights: ArrayLike<number>, options: DistributionOptions, chance: number): number {
  if (weights.length === 0) throw nothingLeft();
  const probabilities = shapeDistribution(weights, options);
  let rest = chance;
  for (let i = 0; i < probabilities.length; i++) {
    rest -= probabilities[i]!;
    if (rest < 0) return i;
  }
  return probabilities.length - 1;
}

/**
 * The probabilities that sampling draws with: of the first candidates, as many as temperature, top-k, top-p and min-p
 * leave, in this order, each on what the one before has left. They sum to 1.
 * @param logProbabilities of the candidates, highest first.
 */
export function shapeDistribution(
  logProbabilities: ArrayLike<number>,
  options: DistributionOptions = {},
): number[] {
  const { temperature = 1, topK = Infinity, topP = 1, minP = 0 } = options;
  const highest = logProbabilities[0]!;
  let kept = new Float64Array(Math.min(topK, logProbabilities.length));
  for (let i = 0; i < kept.length; i++) kept[i] = Math.exp((logProbabilities[i]! - highest) / temperature);
  normalize(kept);
  if (topP < 1) {
    let reached = 0;
    const enough = kept.findIndex((probability) => (reached += probability) >= topP);
    if (enough >= 0) kept = normalize(kept.subarray(0, enough + 1));
  }
  if (minP > 0) {
    const least = minP * kept[0]!;
    const end = kept.findIndex((probability) => probability < least);
    if (end >= 0) kept = normalize(kept.subarray(0, end));
  }
  return Array.from(kept);
}

/** In place. */
function normalize(weights: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  let total = 0;
  for (const weight of weights) total += weight;
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return weights;
}
