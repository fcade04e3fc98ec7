import type { Engine, HostTensor } from '../engine/engine.js';
import type { Generative } from '../models/generative.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { END, START } from '../text/vocabulary.js';
import { forbidTokens } from './adjustments.js';
import type { AnswerShape } from './answerShape.js';
import { repetitionAdjustments, withDefaults, type RepetitionOptions } from './decodingOptions.js';
import { createSampler, type DistributionOptions, type Sampler } from './sampling.js';
import { SpokenText } from './spokenText.js';

export interface GenerateOptions extends DistributionOptions, RepetitionOptions {
  /** Tokens after which the text is cut, those of the beginning not counted; 200 by default. */
  readonly maxLength?: number;
  /** Another seed, another text; 1 by default. */
  readonly seed?: number;
}

/** Writes texts with a language model, each going on from a beginning. */
export class TextGenerator {
  private sampler: Promise<Sampler> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly model: Generative,
    private readonly parameters: ReadonlyMap<string, HostTensor>,
    private readonly encoding: TextEncoding,
    /** Whether the model has learnt from windows of one long text, which know neither START nor END. */
    private readonly continuous: boolean,
    /** How texts are written where a call does not say. */
    private readonly decoding: GenerateOptions = {},
  ) {}

  /** What comes after a beginning. @throws UserError as `stream`. */
  async generate(beginning: string, options: GenerateOptions = {}): Promise<string> {
    let text = '';
    for await (const piece of this.stream(beginning, options)) text += piece;
    return text;
  }

  /**
   * The same, piece by piece as its tokens are drawn. Where the model's positions end before the text does, it goes on
   * from the last half of them.
   * @throws UserError for a beginning with unknown tokens, an empty one where the model knows no START, and options that
   * cannot be.
   */
  async *stream(beginning: string, options: GenerateOptions = {}): AsyncGenerator<string> {
    const told = withDefaults(this.decoding, options);
    const { maxLength = 200, seed = 1 } = told;
    requireOptions('generate', 'a whole number from 1', { maxLength });
    const { tokenizer, vocabulary } = this.encoding;
    const known = this.encode(beginning);
    const read = this.continuous ? known : [START, ...known];
    const written: number[] = [];
    const tokens = vocabulary.decode(known);
    const spoken = new SpokenText(tokenizer, tokens);
    const positions = this.model.maxLength;
    if (positions < 2)
      throw new UserError('The model reads one token at a time, so it has none to go on from.');
    for (let window = 0; written.length < maxLength; window++) {
      const all = [...read, ...written];
      const context = all.slice(all.length < positions ? 0 : -Math.ceil(positions / 2));
      const room = Math.min(maxLength - written.length, positions - context.length);
      for await (const token of this.window(context, room, window, { ...told, seed })) {
        if (token === END) return yield* spoken.rest(tokens);
        written.push(token);
        tokens.push(...vocabulary.decode([token]));
        yield* spoken.next(tokens);
      }
    }
    yield* spoken.rest(tokens);
  }

  /** Up to `room` tokens after a context, which is read token by token. */
  private async *window(
    context: readonly number[],
    room: number,
    index: number,
    options: GenerateOptions,
  ): AsyncGenerator<number> {
    this.sampler ??= createSampler(this.engine, this.model, this.parameters);
    const { stream } = await this.sampler;
    const prefix = context.slice(1);
    const batch = {
      sourceLengths: { dtype: 'int32', shape: [1], data: Int32Array.of(0) },
      exampleIndex: { dtype: 'int32', shape: [1], data: Int32Array.of(index) },
    } as const;
    const shape: AnswerShape = {
      start: context[0],
      prefix,
      maxLength: prefix.length + room,
      adjust: [...repetitionAdjustments(options), ...(this.continuous ? [forbidTokens([END])] : [])],
    };
    let place = 0;
    for await (const [draw] of stream(batch, { ...options, ...shape, samples: 1 }))
      if (place++ >= prefix.length) yield draw!.token;
  }

  private encode(beginning: string): number[] {
    const { tokenizer, vocabulary } = this.encoding;
    const ids = vocabulary.encode(tokenizer.tokenize(beginning), { unknown: 'error' });
    if (this.continuous && ids.length === 0)
      throw new UserError(
        'The model has learnt from one long text, so it needs a beginning to go on from. Give it one.',
      );
    return ids;
  }
}
