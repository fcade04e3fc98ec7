import { readNumber } from '../data/numberForms.js';
import type { Decimal } from '../data/tableSource.js';
import { UserError } from '../tensor/errors.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import { UNKNOWN } from '../text/vocabulary.js';
import type { ContextConfig } from './contextSchema.js';
import type { TextColumns } from './textColumns.js';

/** A text that is asked about, with its context: a second text, the path of an image, or features in the order of the data's. */
export interface TextWithContext {
  readonly text: string;
  readonly context: string | readonly number[];
}
export type AskedText = string | TextWithContext;

/** What a model reads beside a text: nothing, a second text, an image, or features of these names. */
export type ContextKind = 'none' | 'text' | 'image' | readonly string[];

/** That of a model. @param features of what it reads, where it reads any. */
export function contextKindOf(
  context: ContextConfig | undefined,
  features: { readonly names: readonly string[] } | undefined,
): ContextKind {
  if (!context) return 'none';
  return context.encoder.type === 'image' ? 'image' : (features?.names ?? 'text');
}

/** What it has of texts: itself, and its context where that is one. */
export function textsIn(asked: AskedText, kind: ContextKind): string[] {
  if (typeof asked === 'string') return [asked];
  return kind === 'text' ? [asked.text, asked.context as string] : [asked.text];
}

/** What people write to ask such a model, in placeholders with tabs between. */
export function askedForm(kind: ContextKind): string {
  return ['text', ...partsBeside(kind)].map((name) => name.toUpperCase()).join('\t');
}

/** What is asked beside a text, by name. */
function partsBeside(kind: ContextKind): readonly string[] {
  switch (kind) {
    case 'none':
      return [];
    case 'text':
      return ['context'];
    case 'image':
      return ['image'];
    default:
      return kind;
  }
}

/** Texts that are asked about; images by their paths. */
export interface AskedColumns extends Omit<TextColumns, 'images'> {
  readonly images?: readonly string[];
}

/**
 * Texts that are asked about, column by column.
 * @throws UserError naming a text whose context is missing, or not what the model reads.
 */
export function columnsOf(
  asked: readonly AskedText[],
  kind: ContextKind,
  originOf: (index: number) => string,
): AskedColumns {
  const texts = asked.map((each) => (typeof each === 'string' ? each : each.text));
  const contexts: string[] = [];
  const features: number[] = [];
  asked.forEach((each, i) => {
    const context = typeof each === 'string' ? undefined : each.context;
    if (!fits(context, kind)) throw new UserError(`${originOf(i)}: ${wanted(kind)}`);
    if (typeof context === 'string') contexts.push(context);
    else if (context) features.push(...context);
  });
  return {
    texts,
    ...(kind === 'text' && { contexts }),
    ...(kind === 'image' && { images: contexts }),
    ...(typeof kind === 'object' && { features }),
  };
}

function fits(context: string | readonly number[] | undefined, kind: ContextKind): boolean {
  if (kind === 'none') return context === undefined;
  if (kind === 'text' || kind === 'image') return typeof context === 'string';
  return typeof context === 'object' && context.length === kind.length && context.every(Number.isFinite);
}

function wanted(kind: ContextKind): string {
  if (kind === 'none') return 'the model reads texts without a context. Leave it out.';
  if (kind === 'text') return 'the model reads a text and its context, a second text. Give both.';
  if (kind === 'image') return 'the model reads a text and its context, an image. Give the path of one.';
  return `the model reads a text and its features, numbers. Give ${kind.join(', ')} with it.`;
}

/**
 * A text as people write it to a model that reads no context. A tab is part of the text where the model has a token for it.
 * @param encoding undefined where the model reads no tokens.
 * @param origin where it stands, for messages.
 * @throws UserError for another tab: a label or an answer may follow it, which would be read as words of the text.
 */
export function parsePlain(line: string, encoding: TextEncoding | undefined, origin: string): string {
  if (!line.includes('\t')) return line;
  const tab = encoding?.vocabulary.encode(encoding.tokenizer.tokenize('\t')) ?? [];
  if (tab.length > 0 && !tab.includes(UNKNOWN)) return line;
  throw new UserError(
    `${origin}: a tab stands in the text, and this model reads no context behind one. Leave out the tab with what follows it, or write a space instead.`,
  );
}

/**
 * A text and its context as people write them: with tabs between, as in a table.
 * @param origin where it stands, for messages.
 * @throws UserError where there are not as many parts as the model reads, or a feature is no number.
 */
export function parseAsked(
  line: string,
  kind: ContextKind,
  encoding: TextEncoding | undefined,
  origin: string,
): AskedText {
  if (kind === 'none') return parsePlain(line, encoding, origin);
  const [text = '', ...rest] = line.split('\t');
  const expected = partsBeside(kind).length;
  if (rest.length !== expected) {
    const problem =
      rest.length === 0
        ? 'the context is missing'
        : `there are ${rest.length + 1} parts with tabs between, the model reads ${expected + 1}`;
    throw new UserError(
      `${origin}: ${problem}. Write the text and its context with a tab between, in a shell $'${askedForm(kind).replaceAll('\t', '\\t')}'.`,
    );
  }
  if (kind === 'text' || kind === 'image') return { text, context: rest[0]! };
  return { text, context: featuresOf(rest, kind, origin) };
}

/**
 * The numbers of cells.
 * @param names of the features. @param decimal what stands before their decimals; a point by default.
 * @throws UserError naming one that is no number.
 */
export function featuresOf(
  cells: readonly string[],
  names: readonly string[],
  origin: string,
  decimal?: Decimal,
): number[] {
  return cells.map((cell, i) => {
    const value = readNumber(cell, decimal);
    if (Number.isNaN(value))
      throw new UserError(`${origin}: ${JSON.stringify(cell)} is not a number (${names[i]!}). Correct it.`);
    return value;
  });
}

/** A text and its context in one line, with tabs between; line ends and tabs of their own become spaces. */
export function askedLine(asked: AskedText): string {
  if (typeof asked === 'string') return inLine(asked);
  const { text, context } = asked;
  const beside = typeof context === 'string' ? [inLine(context)] : context.map(String);
  return [inLine(text), ...beside].join('\t');
}

function inLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}
