import { bagExamples } from '../data/bagExamples.js';
import { requireText } from '../data/examples.js';
import { contextTensors, contextTexts } from '../data/contexts.js';
import type { Images } from '../data/images.js';
import type { Labels } from '../data/labels.js';
import { TextExamples } from '../data/textExamples.js';
import { TextFeatures, type FeatureEncoder } from '../models/featureEncoder.js';
import { TokenFeatures } from '../models/contextEncoder.js';
import { FusedFeatures } from '../models/fusedFeatures.js';
import type { TextEncoding } from '../text/tokenizerJson.js';
import type { TextInput } from './augmentable.js';
import { contextInput } from './buildFusedFeatures.js';
import { vectorInput } from './buildVectorFeatures.js';
import { encodeFeatureTexts, longestText } from './encodeTokens.js';
import { bagsOf, type BagEncoding } from '../text/vectorizerJson.js';
import type { Scaling } from './scaling.js';

/** Texts, and what stands beside each where the model reads a context. */
export interface TextColumns {
  readonly texts: readonly string[];
  /** Second texts. */
  readonly contexts?: readonly string[] | undefined;
  /** Features, row by row, in their own unit. */
  readonly features?: ArrayLike<number> | undefined;
  readonly images?: Images | undefined;
}

/** How they become numbers. */
export interface TextColumnsEncoding {
  /** Undefined where the texts are bags. */
  readonly text: TextEncoding | undefined;
  /** Of texts that are read as bags of terms. */
  readonly bag?: BagEncoding | undefined;
  /** Of the features. */
  readonly features?: Scaling | undefined;
}

/**
 * Texts as a model reads them, with their contexts.
 * @param originOf where text i stands, for messages.
 * @throws UserError naming a text that is empty or too long for the model.
 */
export function encodeTextColumns(
  { texts, contexts, features, images }: TextColumns,
  encoding: TextColumnsEncoding,
  encoder: FeatureEncoder,
  originOf: (index: number) => string,
  labels: readonly Labels[] = [],
): TextExamples {
  if (encoding.bag) {
    texts.forEach((text, i) => {
      requireText(text, 'text', originOf(i));
    });
    return bagExamples(bagsOf(texts, encoding.bag), labels, originOf);
  }
  const text = encoding.text!;
  const fused = encoder instanceof FusedFeatures ? encoder : undefined;
  const beside: Labels[] = [];
  if (contexts && fused) {
    const options = { originOf: (i: number) => `${originOf(i)}, context`, key: 'model.context.encoder' };
    beside.push(contextTexts(encodeFeatureTexts(contexts, text, fused.context, options), contextInput));
  }
  if (features?.length && encoding.features) {
    const { names, scaler } = encoding.features;
    const values = scaler.transform(features);
    beside.push(contextTensors({ input: vectorInput, shape: [names.length], values }));
  }
  if (images) {
    const { channels, height, width, values } = images;
    beside.push(contextTensors({ input: 'image', shape: [channels, height, width], values }));
  }
  const own = encodeFeatureTexts(texts, text, fused?.encoder ?? encoder, { originOf });
  return new TextExamples(own, [...labels, ...beside], originOf);
}

/** The texts of a model's batches, as augmentations cut them anew; none where they are bags. */
export function textInputsOf(encoder: FeatureEncoder, encoding: TextEncoding | undefined): TextInput[] {
  if (!encoding) return [];
  const fused = encoder instanceof FusedFeatures ? encoder : undefined;
  const own: TextInput = { name: 'source', encoding, maxLength: longestText(fused?.encoder ?? encoder) };
  // A context of features or of an image has no tokens.
  if (!(fused?.context instanceof TextFeatures || fused?.context instanceof TokenFeatures)) return [own];
  return [own, { name: contextInput, encoding, maxLength: longestText(fused.context) }];
}

/** A text with its context as people write them: with tabs between, as in a table. */
export function shownText({ texts, contexts, features, images }: TextColumns, i: number): string {
  const width = features ? features.length / texts.length : 0;
  const row = Array.from({ length: width }, (_, column) => String(features![i * width + column]!));
  const second = contexts ?? images?.names;
  return [texts[i]!, ...(second ? [second[i]!] : []), ...row].join('\t');
}
