import { FRAMES } from '../../data/audio/melSpectrogram.js';
import type { Spoken } from '../../data/spokenDataset.js';
import { chooseEncoding } from '../chooseEncoding.js';
import { countsOf, each, LeftOutTally, watchedOf } from '../dataParts.js';
import type { DataParts } from '../dataSummary.js';
import type { SpeechConfig } from '../speechSchema.js';
import { drawSpoken, encodeSpeechParts } from '../speechTask.js';
import { tokenUnits } from '../textUnits.js';
import { readSpoken } from './readSpoken.js';
import { attempt, type DataSource, type TaskReading } from './taskReading.js';

/** Reads recordings and their texts as training does, and says what it makes of them. @throws UserError as `readSpoken`. */
export async function readSpeechParts(
  config: SpeechConfig,
  { badRows, cleaner, known }: DataSource,
): Promise<TaskReading> {
  const spoken = await readSpoken(config, badRows, cleaner);
  const tally = new LeftOutTally();
  const leftOut = new Set<Spoken>();
  const { built, refusal } = await attempt(() =>
    encodeSpeechParts(config, spoken, {
      known,
      onLeftOut: (part, one, why) => {
        const reason = why === 'too-long' ? 'too long' : 'too short for CTC to align the text with';
        const { origin, name, text } = one;
        tally.add(
          { part, unit: 'recording', reason: `${reason} (data.limits)` },
          { origin, texts: [name, text] },
        );
        leftOut.add(one);
      },
    }),
  );
  const kept = built ? each(spoken, (rows) => rows.filter((one) => !leftOut.has(one))) : spoken;
  const watched = drawSpoken(spoken.validation, config.training.validation.examples);
  const parts: DataParts = {
    ...partsOf(config, kept),
    ...watchedOf(watched.filter((one) => !leftOut.has(one)).length, kept.validation.length),
    ...(built && { leftOut: tally.all }),
    texts: [
      {
        name: 'text',
        parts: each(kept, textsIn),
        units: tokenUnits(built?.encoding.text ?? ownEncoding(config, textsIn(kept.train))),
      },
    ],
  };
  return { parts: [parts], data: built && { train: built.train.dataset, reads: undefined }, refusal };
}

function partsOf(
  { data: { source, split } }: SpeechConfig,
  kept: Awaited<ReturnType<typeof readSpoken>>,
): Omit<DataParts, 'texts'> {
  const secondsOf = ({ frames }: Spoken) => frames.length / source.bands / FRAMES;
  return {
    unit: 'recording',
    counts: countsOf(kept),
    form: `recordings as log-mel spectrograms of ${source.bands} bands, a frame every 10 ms, each band less its mean and divided by its deviation over the training part`,
    values: { names: ['seconds'], parts: each(kept, (rows) => Float64Array.from(rows, secondsOf)) },
    shown: (i) => [['recording', `${kept.train[i]!.name}, ${secondsOf(kept.train[i]!).toFixed(2)} s`]],
    ...(split.groupBy === 'recording' && !split.orderBy && { grouping: 'text' }),
  };
}

function textsIn(rows: readonly Spoken[]): string[] {
  return rows.map(({ text }) => text);
}

function ownEncoding({ text, data: { clean } }: SpeechConfig, texts: readonly string[]) {
  return chooseEncoding('text', text, texts, { clean });
}
