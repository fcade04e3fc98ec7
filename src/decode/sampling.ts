import type { GenerationBatch } from '../data/batching.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Generative } from '../models/generative.js';
import { randomKey, randomUniform } from '../tensor/random.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { END } from '../text/vocabulary.js';
import { adjusted, nothingLeft, type Candidate } from './adjustments.js';
import { adjustmentsOf, lengthLimit, type AnswerShape } from './answerShape.js';
import { DecoderPrograms } from './decoderPrograms.js';
import { stepInputs, type Hypothesis } from './hypotheses.js';

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

/** Prepares sampling from a trained model. Both methods throw a UserError for options that cannot be. */
export async function createSampler(
  engine: Engine,
  model: Generative,
  parameters: ReadonlyMap<string, HostTensor>,
): Promise<Sampler> {
  const programs = await DecoderPrograms.create(engine, model, parameters, Infinity);
  const stream = (batch: GenerationBatch, options: SamplingOptions = {}) => draw(programs, batch, options);
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
    const candidatesOf = await programs.step(generation, stepInputs(running, width, options.start));
    const draws: Draw[] = [];
    running.forEach((example, b) => {
      const next: typeof example.alive = [];
      example.alive.forEach(({ ids, sample }, k) => {
        const row = b * width + k;
        const chance = randomUniform(randomKey(example.key, sample), position);
        const { token, logProbability } = choose(adjusted(ids, candidatesOf(row), adjust), options, chance);
        draws.push({ example: example.index, sample, token, logProbability });
        if (token !== END) next.push({ ids: [...ids, token], row, sample });
      });
      example.alive = position + 1 < example.limit ? next : [];
    });
    yield draws;
    const still = running.filter(({ alive }) => alive.length > 0);
    if (still.length < running.length) generation.keep(still.map((example) => running.indexOf(example)));
    running = still;
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

/** The candidate at `chance` (in [0, 1)) of what temperature and cuts leave of the distribution. */
function choose(candidates: readonly Candidate[], options: DistributionOptions, chance: number): Candidate {
  if (candidates.length === 0) throw nothingLeft();
  const probabilities = shapeDistribution(
    candidates.map(({ weight }) => weight),
    options,
  );
  let rest = chance;
  for (const [i, probability] of probabilities.entries()) {
    rest -= probability;
    if (rest < 0) return candidates[i]!;
  }
  return candidates[probabilities.length - 1]!;
}

/**
 * The probabilities that sampling draws with: of the first candidates, as many as temperature, top-k, top-p and min-p
 * leave, in this order, each on what the one before has left. They sum to 1.
 * @param logProbabilities of the candidates, highest first.
 */
export function shapeDistribution(
  logProbabilities: readonly number[],
  options: DistributionOptions = {},
): number[] {
  const { temperature = 1, topK = Infinity, topP = 1, minP = 0 } = options;
  const highest = logProbabilities[0]!;
  let kept = normalized(
    logProbabilities
      .slice(0, Math.min(topK, logProbabilities.length))
      .map((x) => Math.exp((x - highest) / temperature)),
  );
  if (topP < 1) {
    let reached = 0;
    const enough = kept.findIndex((probability) => (reached += probability) >= topP);
    if (enough >= 0) kept = normalized(kept.slice(0, enough + 1));
  }
  if (minP > 0) kept = normalized(kept.filter((probability) => probability >= minP * kept[0]!));
  return kept;
}

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
