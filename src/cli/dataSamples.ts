import type { AugmentationExample, ReadExample } from '../config/augmentationExamples.js';
import type { DataParts } from '../config/dataSummary.js';
import { fitWidth } from '../formats/displayWidth.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { rangeOf, textPicture } from '../formats/textPicture.js';

/** Characters that a picture is wide at most. */
const PICTURE = 40;

/** A few training examples, whole and as the model reads them. */
export function samplesText(
  { texts, labels, counts, task, shown, scaled }: DataParts,
  count: number,
  width: number,
): string {
  const { train = [] } = labels?.parts ?? {};
  const labelOf = labels?.at ?? (train.length === counts.train ? (i: number) => train[i]! : undefined);
  const rows = Math.min(count, counts.train);
  if (rows === 0) return '';
  const lines = Array.from({ length: rows }, (_, k) => {
    const i = Math.floor((k * counts.train) / rows);
    const own = texts.flatMap(({ name, parts, at, units }) => {
      // Of a whole book only what has room.
      const text = (at ? at(i) : parts.train[i]!).slice(0, 2 * width);
      return [
        `  ${name}  ${JSON.stringify(text)}`,
        `  ${' '.repeat(name.length)}  ${unitsText(units.of(text))}`,
      ];
    });
    return [
      ...own,
      ...(shown?.(i) ?? []).map(([name, content]) => `  ${name}  ${content}`),
      ...(labels && labelOf ? [`  ${labels.name}  ${labelOf(i)}`] : []),
      '',
    ];
  });
  const seen = texts.length > 0 || scaled ? ', and what a model sees of them' : '';
  const title = `\nSamples${task === undefined ? '' : ` of ${task}`} of the training part${seen}\n`;
  const flat = lines.flat().slice(0, -1);
  return title + flat.map((line) => `${fitWidth(line, width)}\n`).join('');
}

function unitsText(units: readonly string[]): string {
  return units.join('·').replace(/[\r\n]/g, '⏎');
}

/** An example of what each augmentation does, before and after. */
export function augmentationsText(examples: readonly AugmentationExample[], width: number): string {
  if (examples.length === 0) return '';
  const lines = examples.flatMap(
    ({ augmentation: { type, ...options }, example, changed, before, after }) => {
      const set = Object.entries(options).map(([name, value]) => `${name} ${value}`);
      const name = `  ${type}${set.length > 0 ? ` (${set.join(', ')})` : ''}`;
      if (changed === 0) return [`${name}: changes none of the examples that were looked at`];
      const [count, unit] = sizeOf(before);
      return [
        `${name}: ${groupDigits(changed)} of ${counted(count, unit)} of training example ${groupDigits(example + 1)}`,
        ...beforeAndAfter(before, after, width),
      ];
    },
  );
  const title = '\nAugmentation in the first epoch, before and after\n';
  return title + lines.map((line) => `${fitWidth(line, width).trimEnd()}\n`).join('');
}

/** What an example consists of. */
function sizeOf(read: ReadExample): [count: number, unit: string] {
  if ('tokens' in read) return [read.tokens.length, 'token'];
  return 'picture' in read ? [read.picture.values.length, 'pixel'] : [read.series.length, 'value'];
}

function beforeAndAfter(before: ReadExample, after: ReadExample, width: number): string[] {
  if ('picture' in before && 'picture' in after) {
    const options = {
      columns: Math.max(1, Math.min(PICTURE, Math.floor((width - 7) / 2))),
      range: rangeOf(before.picture, after.picture),
    };
    const [left, right] = [before, after].map(({ picture }) => textPicture(picture, options));
    return left!.map((line, row) => `    ${line}   ${right![row]!}`);
  }
  return [before, after].map((read) => `    ${inLine(read)}`);
}

function inLine(read: ReadExample): string {
  if ('tokens' in read) return unitsText(read.tokens);
  if ('picture' in read) return '';
  const { series, variables } = read;
  const first = Array.from(series).filter((_, i) => i % variables === 0);
  return `${variables > 1 ? 'first variable ' : ''}${first.map((value) => value.toFixed(2)).join(' ')}`;
}
