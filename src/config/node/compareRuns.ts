import { isDeepStrictEqual } from 'node:util';
import { counted } from '../../formats/terminal.js';
import { drawingOf, type Drawing } from '../../metrics/drawing.js';
import type { Measurable } from '../../metrics/exampleSums.js';
import type { MetricName } from '../../metrics/metrics.js';
import { suggestion } from '../../metrics/nearest.js';
import {
  approximateRandomization,
  pairedBootstrap,
  type PairedComparison,
  type ResamplingOptions,
} from '../../metrics/resampling.js';
import { UserError } from '../../tensor/errors.js';
import { tokenizerToJson } from '../../text/tokenizerJson.js';
import { metricLabel } from '../figures.js';
import type { RunDescription, RunEvaluation } from './taskRun.js';

const tests = { bootstrap: pairedBootstrap, randomization: approximateRandomization } as const;

/** How differences are tested: by paired bootstrap resampling, or by approximate randomization. */
export type PairedTest = keyof typeof tests;
export const pairedTests = Object.keys(tests) as readonly PairedTest[];

/** A run and what was measured of it. */
export interface MeasuredRun {
  /** Its directory, for messages. */
  readonly path: string;
  readonly evaluation: RunEvaluation;
  /** `description` of the opened run. */
  readonly description: Pick<RunDescription, 'encodings'>;
}

export interface CompareRunsOptions extends ResamplingOptions {
  /** 'bootstrap' by default. */
  readonly test?: PairedTest;
  /** The metrics that are compared; by default all that both runs have. */
  readonly metrics?: readonly MetricName[];
}

/** Two runs on the same examples, both in the order in which they were given. */
export interface RunComparison {
  readonly examples: number;
  /** Their directories. */
  readonly runs: readonly string[];
  readonly decodings: readonly string[];
  readonly test: PairedTest;
  readonly resampling: Drawing;
  /** By the name of the metric; rates as fractions. */
  readonly metrics: Readonly<Record<string, PairedComparison & { readonly values: readonly number[] }>>;
  /** How figures were got, as sacreBLEU says it, by the name of the metric. */
  readonly signatures?: Readonly<Record<string, string>>;
}

/**
 * Tells whether one run is better than another, or was luckier with the examples: for each metric that both have the two
 * figures, the second less the first, the 95 % interval of that difference over drawings of the examples, and how likely a
 * difference as large would be if neither were better.
 * @throws UserError unless both were measured on the same examples and in the same way, for a metric that cannot be
 * compared, and where there is none that can.
 */
export function compareRuns(
  one: MeasuredRun,
  other: MeasuredRun,
  { test = 'bootstrap', metrics: asked, samples = 1000, seed = 1 }: CompareRunsOptions = {},
): RunComparison {
  requireSameExamples(one, other);
  const resampling = { samples, seed };
  const names = comparable(one, other, asked);
  const compared = names.map((name) => {
    const pair = [one, other].map(({ evaluation }) => evaluation.measurables[name]!) as [
      Measurable,
      Measurable,
    ];
    const values = pair.map(({ examples, measure }) => measure(examples));
    return [name, { values, ...tests[test](...pair, resampling) }] as const;
  });
  const signatures = requireSameSignatures(one, other, names);
  const [some, others] = [one, other].map(({ evaluation }) => only(names, evaluation.measurables));
  return {
    examples: one.evaluation.keys.length,
    runs: [one.path, other.path],
    decodings: [one.evaluation.decoding, other.evaluation.decoding],
    test,
    resampling: drawingOf(resampling, some!, others!),
    metrics: Object.fromEntries(compared),
    ...(Object.keys(signatures).length > 0 && { signatures }),
  };
}

/** @throws UserError unless both runs were measured on the same examples. */
function requireSameExamples(one: MeasuredRun, other: MeasuredRun): void {
  const [some, others] = [one.evaluation.keys, other.evaluation.keys];
  const at = some.findIndex((key, i) => key !== others[i]);
  if (some.length === others.length && at < 0) return;
  const how =
    some.length === others.length
      ? `example ${at + 1} is another one`
      : `${counted(some.length, 'example')} and ${others.length}`;
  throw new UserError(
    `${one.path} and ${other.path} were measured on different examples (${how}), which cannot be paired. Give both the same file (--data; in code { file }), or compare runs with the same data and data.split.`,
  );
}

/** Figures per token say nothing of each other where the tokens are others. */
const perToken: readonly MetricName[] = ['loss', 'perplexity', 'per'];

/**
 * The metrics that both have as functions of examples, of those that are asked for.
 * @throws UserError where there is none, or not one that was asked for.
 */
function comparable(
  one: MeasuredRun,
  other: MeasuredRun,
  asked: readonly MetricName[] | undefined,
): MetricName[] {
  const sameTokens = isDeepStrictEqual(tokensOf(one), tokensOf(other));
  const names = (Object.keys(one.evaluation.measurables) as MetricName[])
    .filter((name) => name in one.evaluation.metrics && name in other.evaluation.metrics)
    .filter((name) => other.evaluation.measurables[name] !== undefined)
    .filter((name) => sameTokens || !perToken.includes(name));
  const without = asked?.find((name) => !names.includes(name));
  if (without !== undefined) {
    const why = !(without in one.evaluation.metrics && without in other.evaluation.metrics)
      ? `it was not measured of both runs.${names.length > 0 ? suggestion(without, names) : ' Compare runs of one task.'}`
      : perToken.includes(without) && !sameTokens
        ? 'the runs have different tokens. Leave it out of the metrics.'
        : 'it is no figure of single examples. Leave it out of the metrics.';
    throw new UserError(`compare: ${without} cannot be compared: ${why}`);
  }
  if (names.length === 0)
    throw new UserError(
      'compare: the runs have no metric in common that can be compared. Compare runs of one task.',
    );
  return asked ? names.filter((name) => asked.includes(name)) : names;
}

/** What is said of some metrics, of all that is said. */
function only<V>(
  names: readonly MetricName[],
  said: Readonly<Partial<Record<MetricName, V>>> = {},
): Readonly<Partial<Record<MetricName, V>>> {
  const own = Object.entries(said).filter(([name]) => names.includes(name as MetricName));
  return Object.fromEntries(own) as Partial<Record<MetricName, V>>;
}

/** How a run cuts what it writes. */
function tokensOf({ description: { encodings } }: MeasuredRun): unknown {
  const written = encodings['target'] ?? encodings['text'];
  return written && tokenizerToJson(written);
}

/** How some metrics were got. @throws UserError where one has other settings in one run than in the other. */
function requireSameSignatures(
  one: MeasuredRun,
  other: MeasuredRun,
  names: readonly MetricName[],
): Readonly<Record<string, string>> {
  const [some, others] = [only(names, one.evaluation.signatures), only(names, other.evaluation.signatures)];
  for (const name of Object.keys(some) as MetricName[])
    if (others[name] !== undefined && others[name] !== some[name])
      throw new UserError(
        `compare: ${metricLabel(name)} is measured in different ways: ${some[name]!} and ${others[name]}. Make the keys of metrics in both config.yaml equal, or leave it out of the metrics.`,
      );
  return some as Readonly<Record<string, string>>;
}
