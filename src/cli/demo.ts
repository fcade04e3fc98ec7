import type { PairRun } from '../config/node/pairRun.js';
import type { AnsweredExample } from '../train/decodedAnswers.js';
import { attentionText } from '../formats/attentionPicture.js';
import { displayWidth, padWidth } from '../formats/displayWidth.js';
import { wantsColor } from './wantsColor.js';

/** Words that the dictionary lacks, or that are made up: nothing to look them up in. */
const NEW_WORDS = ['heddle', 'typescript', 'shuttlewise', 'flimberjack'];

/** Prints what a freshly trained model can do: answers to held-out and to new words, and what it looks at. */
export async function showDemo(trained: PairRun, heldOut: readonly AnsweredExample[]): Promise<void> {
  const words = NEW_WORDS.filter((word) => !trained.predictor.problemWith(word));
  const answers = await trained.predictor.predict(words);
  const rows = [
    ...heldOut.map(({ source, prediction }) => [source, prediction, '(never seen in training)']),
    ...words.map((word, i) => [word, answers[i]![0]!.text, '(not in the data)']),
  ];
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => displayWidth(row[column]!))));
  process.stdout.write('\n');
  for (const [source, prediction, remark] of rows)
    process.stdout.write(
      `  ${padWidth(source!, widths[0]!)}  ${padWidth(prediction!, widths[1]!)}  ${remark}\n`,
    );
  const pictured = words[0] ?? heldOut[0]?.source;
  if (pictured === undefined || !trained.hasAttention) return;
  const picture = attentionText(await trained.predictor.attend(pictured), { color: wantsColor() });
  process.stdout.write(`\nWhere it looked while it wrote each symbol:\n\n${picture}`);
}
