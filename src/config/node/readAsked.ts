import { readImageFiles, type ImageForm } from '../../data/node/imageFolder.js';
import { columnsOf, type AskedText, type ContextKind } from '../askedTexts.js';
import type { TextColumns } from '../textColumns.js';

/** What a model reads beside the texts that are asked about. */
export interface AskedReading {
  readonly kind: ContextKind;
  /** How large images are made, where they are what it reads. */
  readonly image: ImageForm | undefined;
  /** Where text i stands, for messages. */
  readonly originOf: (index: number) => string;
}

/**
 * Texts that are asked about, column by column, with the images that are their contexts.
 * @throws UserError naming a text whose context is missing, or not what the model reads.
 */
export async function readAsked(
  asked: readonly AskedText[],
  { kind, image, originOf }: AskedReading,
): Promise<TextColumns> {
  const { images: paths, ...columns } = columnsOf(asked, kind, originOf);
  if (!paths || !image) return columns;
  const { channels, height, width, values } = await readImageFiles(paths, image, { originOf });
  return { ...columns, images: { channels, height, width, values, names: paths } };
}
