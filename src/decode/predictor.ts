import { pairBatch, sourceBatch, type Batch } from '../data/batching.js';
import { encodeSource } from '../data/dataset.js';
import { planSources } from '../data/epochPlan.js';
import { packSequences, type TokenSequences } from '../data/sequences.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { AttentionExample } from '../formats/attentionPicture.js';
import type { Seq2Seq } from '../models/seq2seq.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { END } from '../text/vocabulary.js';
import { createSearch, type BeamOptions, type BeamSearch } from './beamSearch.js';
import {
  encodeAnswerPart,
  repetitionAdjustments,
  withDefaults,
  type DecodingOptions,
  type SearchOptions,
  type WritingOptions,
} from './decodingOptions.js';
import type { Hypothesis } from './hypotheses.js';
import { createSampler, type Sampler, type SamplingOptions } from './sampling.js';
import { createAttentionReader } from './scorer.js';
import { SpokenText } from './spokenText.js';

/** Symbols that a model does not know are refused, or read as <unknown>. */
export type UnknownSymbols = 'error' | 'id';

/** One answer to a text. */
export interface Prediction {
  readonly text: string;
  readonly tokens: readonly string[];
  /** Σ log-probability of the tokens, END included, in nats. */
  readonly logProbability: number;
  /** What answers are ranked by: log-probability ÷ length penalty. */
  readonly score: number;
}

/** What answers to texts must be like. */
export interface AnswerOptions extends WritingOptions {
  /** Where text i stands, for messages; `text 1` … by default. */
  readonly originOf?: (index: number) => string;
  /** What is made of symbols of a text that the model does not know; as the predictor's encoding says by default. */
  readonly unknown?: UnknownSymbols;
}

export interface PredictOptions
  extends SearchOptions, AnswerOptions, Omit<BeamOptions, 'prefix' | 'constraints'> {
  /** Answers per text, best first; 1 by default. Without a `beam` the beam is as wide at least; it cannot be narrower. */
  readonly nBest?: number;
}

export interface SampleOptions extends Omit<SamplingOptions, 'prefix'>, AnswerOptions {
  /** The number that decides the draws of text i, beside the seed; i by default. */
  readonly indexOf?: (index: number) => number;
}

/** How a predictor's texts become ids. */
export interface PredictorEncoding {
  readonly source: TextEncoding;
  readonly target: TextEncoding;
  /**
   * What is made of symbols of a source that the model does not know: refused (the default), or read as <unknown>, where
   * it has learnt what that stands for.
   */
  readonly unknown?: UnknownSymbols;
}

/** Sources searched together: enough to keep the matrix products busy, few enough for the caches. */
const BATCH_SIZE = 256;

/** Answers texts with a trained model. Programs are compiled when first needed and kept. */
export class Predictor {
  private readonly searches = new Map<number, Promise<BeamSearch>>();
  private sampler: Promise<Sampler> | undefined;
  private attentionReader: Promise<(batch: Batch) => Promise<HostTensor>> | undefined;

  /** @param decoding how answers are searched for and drawn where a call does not say; greedily and freely by default. */
  constructor(
    private readonly engine: Engine,
    private readonly model: Seq2Seq,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
    private readonly encoding: PredictorEncoding,
    private readonly decoding: DecodingOptions = {},
  ) {}

  /**
   * Per text its answers, best first.
   * @throws UserError naming a text that is empty or has symbols that the model does not know and does not read as
   * <unknown>, or an option that cannot be.
   */
  async predict(texts: readonly string[], options: PredictOptions = {}): Promise<Prediction[][]> {
    const { nBest = 1, beam = Math.max(this.decoding.beam ?? 1, nBest) } = options;
    requireOptions('predict', 'a whole number from 1', { nBest, beam });
    if (nBest > beam)
      throw new UserError(
        `predict: nBest ${nBest} is more than beam ${beam}: a beam of ${beam} has ${beam} hypotheses; raise beam.`,
      );
    const answers = await this.search(this.encodeAll(texts, options), { ...options, beam });
    return answers.map((hypotheses) => hypotheses.slice(0, nBest).map((each) => this.inWords(each)));
  }

  /**
   * As `answer`, with a prefix and constraints in words, and the predictor's own decoding where nothing else is told.
   * @throws UserError for an option that cannot be.
   */
  async search(
    sources: TokenSequences,
    options: SearchOptions & Pick<BeamOptions, 'adjust'> & { readonly batchSize?: number } = {},
  ): Promise<Hypothesis[][]> {
    const told = withDefaults(this.decoding, options);
    const constraints = (told.constraints ?? []).map((text) =>
      this.encodePart(text, `constraint ${JSON.stringify(text)}`),
    );
    return this.answer(sources, { ...told, ...this.shape(told), constraints });
  }

  /**
   * Per text answers drawn from the model's distribution, in the order drawn: varied where `predict` gives the likeliest.
   * @throws UserError as `predict`, and where the predictor's own decoding has constraints.
   */
  async sample(texts: readonly string[], options: SampleOptions = {}): Promise<Prediction[][]> {
    const sources = this.encodeAll(texts, options);
    const shaped = this.drawn(options);
    const { sample } = await this.getSampler();
    const { indexOf = (index) => index } = options;
    const answers: Prediction[][] = [];
    for (const indices of planSources(sources, BATCH_SIZE)) {
      const batch = sourceBatch(sources, indices);
      const exampleIndex = { ...batch.exampleIndex, data: indices.map(indexOf) };
      const drawn = await sample({ ...batch, exampleIndex }, shaped);
      indices.forEach((index, i) => (answers[index] = drawn[i]!.map((each) => this.inWords(each))));
    }
    return answers;
  }

  /**
   * One sampled answer to a text, piece by piece as its tokens are drawn; joined they are the text of `sample([text],
   * options)`, and with `topK: 1` that of greedy search: `for await (const part of predictor.stream(text)) …`.
   * @throws UserError as `sample`.
   */
  async *stream(text: string, options: Omit<SampleOptions, 'samples'> = {}): AsyncGenerator<string> {
    const sources = this.encodeAll([text], options);
    const shaped = { ...this.drawn(options), samples: 1 };
    const { stream } = await this.getSampler();
    const { tokenizer, vocabulary } = this.encoding.target;
    const tokens: string[] = [];
    const spoken = new SpokenText(tokenizer);
    for await (const [draw] of stream(sourceBatch(sources, Int32Array.of(0)), shaped)) {
      if (draw!.token === END) break;
      tokens.push(...vocabulary.decode([draw!.token]));
      yield* spoken.next(tokens);
    }
    yield* spoken.rest(tokens);
  }

  /** What a sampler is told. */
  private drawn(options: SampleOptions): SamplingOptions {
    const { constraints = [] } = this.decoding;
    if (constraints.length > 0)
      throw new UserError(
        `Answers must contain ${constraints.map((text) => JSON.stringify(text)).join(', ')} (decoding.constraints), which only a search sees to; they cannot be drawn. Search for them (without --sample; in code predict), or take the constraints out of the configuration.`,
      );
    const told = withDefaults(this.decoding, options);
    return { ...told, ...this.shape(told) };
  }

  private getSampler(): Promise<Sampler> {
    return (this.sampler ??= createSampler(this.engine, this.model, this.parameters));
  }

  private encodeAll(texts: readonly string[], { originOf, unknown }: AnswerOptions): TokenSequences {
    return packSequences(
      texts.map((text, i) => this.encode(text, originOf?.(i) ?? `text ${i + 1}`, unknown)),
    );
  }

  private inWords({ ids, logProbability, score }: Hypothesis): Prediction {
    const { tokenizer, vocabulary } = this.encoding.target;
    const tokens = vocabulary.decode(ids);
    return { text: tokenizer.detokenize(tokens), tokens, logProbability, score };
  }

  /** @throws UserError for a prefix with symbols unknown to the model, and for numbers that cannot be. */
  private shape(
    options: WritingOptions & Pick<BeamOptions, 'adjust'>,
  ): Required<Pick<BeamOptions, 'prefix' | 'adjust'>> {
    const { prefix, adjust = [] } = options;
    return {
      prefix: prefix === undefined ? [] : this.encodePart(prefix, 'prefix'),
      adjust: [...repetitionAdjustments(options), ...adjust],
    };
  }

  /** The ids of a part of an answer; `name` says which, in messages. */
  private encodePart(part: string, name: string): number[] {
    return encodeAnswerPart(part, name, this.encoding.target);
  }

  /** Answers encoded sources: per source its hypotheses, best first. */
  async answer(
    sources: TokenSequences,
    { beam = 1, batchSize = BATCH_SIZE, ...options }: BeamOptions & { batchSize?: number } = {},
  ): Promise<Hypothesis[][]> {
    let search = this.searches.get(beam);
    if (!search)
      this.searches.set(beam, (search = createSearch(this.engine, this.model, this.parameters, beam)));
    const run = await search;
    const answers: Hypothesis[][] = [];
    for (const indices of planSources(sources, batchSize)) {
      const results = await run(sourceBatch(sources, indices), options);
      indices.forEach((index, i) => (answers[index] = results[i]!));
    }
    return answers;
  }

  /**
   * What the answer to a text, as `predict` gives it, looked at: a row per token that was written, END included, and a
   * column per token of the text.
   * @throws UserError as `predict`; Error for a model without attention.
   */
  async attend(text: string, origin = 'the text'): Promise<AttentionExample> {
    this.attentionReader ??= createAttentionReader(this.engine, this.model, this.parameters);
    const read = await this.attentionReader;
    const sources = packSequences([this.encode(text, origin)]);
    const [[best]] = (await this.search(sources)) as [[Hypothesis]];
    const targets = packSequences([best.ids]);
    const weights = await read(
      pairBatch({ sources, targets, exampleOfPair: Int32Array.of(0) }, Int32Array.of(0)),
    );
    const [, rows, columns] = weights.shape as [number, number, number];
    const written = this.encoding.target.vocabulary.decode(best.ids);
    return {
      weights: Array.from({ length: rows }, (_, row) =>
        Array.from(weights.data.subarray(row * columns, (row + 1) * columns), Number),
      ),
      rowLabels: [...written, 'END'],
      columnLabels: this.encoding.source.tokenizer.tokenize(text),
      title: `${text} → ${this.encoding.target.tokenizer.detokenize(written)}`,
    };
  }

  /** Why `predict` would refuse a text: it is empty, or has symbols unknown to the model. */
  problemWith(text: string, origin = 'the text'): UserError | undefined {
    try {
      this.encode(text, origin);
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }

  private encode(text: string, origin: string, unknown = this.encoding.unknown ?? 'error'): number[] {
    const ids = encodeSource(text, this.encoding.source, origin, { unknown });
    const { maxLength } = this.model.encoder;
    if (ids.length > maxLength)
      throw new UserError(
        `${origin}: the text has ${ids.length} tokens, the model has positions for ${maxLength}. Shorten it.`,
      );
    return ids;
  }
}
