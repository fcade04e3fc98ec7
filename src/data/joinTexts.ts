import { countOf, packSequences, sequenceAt } from './sequences.js';
import { TextExamples } from './textExamples.js';

/**
 * The texts that several parts have between them, in the order in which they come up: of each its index in every part,
 * −1 where that lacks it. A text that a part has several times is there as often.
 */
export function sharedTexts(parts: readonly (readonly string[])[]): Int32Array[] {
  const found = new Map<string, Int32Array>();
  parts.forEach((texts, part) => {
    const times = new Map<string, number>();
    texts.forEach((text, index) => {
      const time = times.get(text) ?? 0;
      times.set(text, time + 1);
      const key = `${time} ${text}`;
      const places = found.get(key) ?? new Int32Array(parts.length).fill(-1);
      places[part] = index;
      found.set(key, places);
    });
  });
  return [...found.values()];
}

/**
 * Texts with labels of a task each, as examples that all tasks are trained on together (`MultiTask`): what several parts
 * have, token by token, becomes one example with the labels of each, so that a shared encoder reads it once. The labels
 * that an example lacks count nothing.
 * @param parts with labels under names of their own.
 */
export function joinTexts(parts: readonly TextExamples[]): TextExamples {
  const keysOf = ({ texts }: TextExamples) =>
    Array.from({ length: countOf(texts) }, (_, i) => sequenceAt(texts, i).join());
  const joined = sharedTexts(parts.map(keysOf)).map((places) => {
    const first = places.findIndex((place) => place >= 0);
    return { places, part: parts[first]!, index: places[first]! };
  });
  const texts = packSequences(joined.map(({ part, index }) => sequenceAt(part.texts, index)));
  const labels = parts.flatMap((part, i) => {
    const places = Int32Array.from(joined, (each) => each.places[i]!);
    return part.labels.map((each) => each.placed(places, texts));
  });
  return new TextExamples(texts, labels, (i) => joined[i]!.part.originOf(joined[i]!.index));
}
