import type { IdxSurvey, ImageFolderSurvey, RecordingsSurvey } from '../../data/survey.js';
import { groupDigits } from '../../formats/terminal.js';
import { clamp, planTraining, type Plan, type Work } from './budget.js';
import { classEntries, imbalanceOf } from './classBalance.js';
import { entry, group, type Entry } from './commentedYaml.js';
import { shareOf, splitEntries, tableEntries } from './dataEntries.js';
import { expectation } from './evidence.js';
import { learningRates } from './learningRates.js';
import type { Circumstances, Proposal } from './proposal.js';
import { trainingEntries } from './trainingEntries.js';
import { shares } from './words.js';

/** Pictures of one size, whatever they show. */
interface Pictures {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Pixels of the shorter side that are read at most: more cost time, and tell few classes apart. */
const MOST_PIXELS = 64;

/** A class for an image of an IDX file. */
export function proposeIdx({ survey, wishes, path }: Circumstances<IdxSurvey>): Proposal {
  const { train, test, classes } = survey;
  const files = ({ images, labels }: IdxSurvey['train']) => [
    entry('images', path(images), 'found by what the files hold: [count, height, width]'),
    entry('labels', path(labels), 'as many labels'),
  ];
  const own = new Set<'validation' | 'test'>(test ? ['test'] : []);
  return proposePictures({
    reasons: [
      `${groupDigits(train.count)} images of ${train.height} × ${train.width} with ${classes.length} labels, in MNIST's format (IDX)${test ? `, and ${groupDigits(test.count)} others, which are the test` : ''}.`,
    ],
    data: [
      group('source', files(train)),
      ...(test ? [group('test', files(test), 'images of their own to test')] : []),
      splitEntries(train.count, own),
    ],
    count: Math.round(train.count * (1 - (test ? 1 : 2) * shareOf(train.count))),
    pictures: { ...train, channels: 1 },
    classes,
    kind: 'pictures',
    firstChannels: 32,
    minutes: wishes.minutes,
    asked: train.images,
  });
}

/** A class for an image of a folder. */
export function proposeImageFolder({ survey, wishes, path }: Circumstances<ImageFolderSurvey>): Proposal {
  const { folder, classes, colour } = survey;
  const scale = Math.min(1, MOST_PIXELS / Math.min(survey.height, survey.width));
  const [height, width] = [survey.height, survey.width].map((side) => Math.max(8, Math.round(side * scale)));
  const count = total(classes);
  return proposePictures({
    reasons: [
      `${groupDigits(count)} images in ${classes.length} folders, each named after a class: ${shares(classes)}.`,
    ],
    data: [
      group('source', [
        entry('folder', path(folder), 'a folder for each class'),
        entry(
          'height',
          height!,
          scale < 1
            ? `pixels; half of the images are larger than ${survey.height} × ${survey.width}, which would take long`
            : 'pixels, as most of the images have',
        ),
        entry('width', width!, 'images are scaled to cover both, and cut at the sides'),
        entry(
          'channels',
          colour ? 3 : 1,
          colour ? 'some images have colours' : 'all images that were looked at are grey',
        ),
      ]),
      splitEntries(count, new Set()),
    ],
    count: Math.round(count * (1 - 2 * shareOf(count))),
    pictures: { height: height!, width: width!, channels: colour ? 3 : 1 },
    classes,
    kind: 'pictures',
    firstChannels: 32,
    minutes: wishes.minutes,
    asked: 'IMAGE.png',
  });
}

/** Frequency bands of a spectrogram, and frames a second. */
const BANDS = 40;
const FRAMES = 100;
/** Samples of a second above which speech gains little. */
const MOST_RATE = 16_000;

/** A class for a recording. */
export function proposeRecordings({ survey, wishes, path }: Circumstances<RecordingsSurvey>): Proposal {
  const { place, table, classes } = survey;
  const rate = Math.min(survey.rate, MOST_RATE);
  const seconds = Math.max(0.5, Math.ceil(2 * survey.seconds) / 2);
  const count = total(classes);
  const written = table && tableEntries(table.source, path).filter(({ key }) => key !== 'file');
  return proposePictures({
    reasons: [
      `${groupDigits(count)} WAV recordings of ${classes.length} classes: ${shares(classes)}. ${
        table ? 'The table names their files and classes' : 'Each class has a folder'
      }.`,
    ],
    data: [
      group('source', [
        entry('recordings', path(place), table ? 'a table of paths and classes' : 'a folder for each class'),
        ...(written ?? []),
        table
          ? group('columns', [
              entry('file', table.file, 'the paths'),
              entry('label', table.label, 'the classes'),
            ])
          : undefined,
        entry(
          'rate',
          rate,
          survey.rate > rate
            ? `of ${survey.rate} samples a second enough for speech`
            : 'samples of a second, as most recordings have',
        ),
        entry(
          'seconds',
          seconds,
          `95 of 100 recordings last ${survey.seconds.toFixed(1)} at most; what is longer is cut`,
        ),
        entry('bands', BANDS, 'height of the log-mel spectrogram, which is read as a picture'),
      ]),
      splitEntries(count, new Set()),
    ],
    count: Math.round(count * (1 - 2 * shareOf(count))),
    pictures: { height: BANDS, width: Math.round(FRAMES * seconds) + 1, channels: 1 },
    classes,
    kind: 'recordings',
    firstChannels: 16,
    minutes: wishes.minutes,
    asked: 'SOUND.wav',
  });
}

interface Parts {
  readonly reasons: readonly string[];
  readonly data: readonly (Entry | undefined)[];
  /** Examples to train on. */
  readonly count: number;
  readonly pictures: Pictures;
  readonly classes: IdxSurvey['classes'];
  readonly kind: 'pictures' | 'recordings';
  /** Of the first block; each further one has twice as many. */
  readonly firstChannels: number;
  readonly minutes: number;
  readonly asked: string;
}

function proposePictures(parts: Parts): Proposal {
  const { reasons, count, pictures, classes, kind, firstChannels, asked } = parts;
  const shorter = Math.min(pictures.height, pictures.width);
  const blocks = clamp(Math.floor(Math.log2(shorter / 5)), 1, 4);
  const channels = Array.from({ length: blocks }, (_, i) => firstChannels * 2 ** i);
  const batch = count < 2000 ? 32 : 64;
  const wanted = clamp(10 * (57_000 / count) ** 0.15, 4, 40);
  const plan: Plan = planTraining(count, {
    batch,
    wanted,
    minutes: parts.minutes,
    work: workOf(pictures, channels),
  });
  const dropout = count < 2000 ? 0.5 : 0.3;
  const balance = imbalanceOf(classes);
  const what = kind === 'pictures' ? 'image' : 'recording';
  return {
    task: 'classification',
    reasons,
    entries: [
      entry('task', 'classification', `says which class ${kind === 'pictures' ? 'an' : 'a'} ${what} is of`),
      group('data', parts.data),
      group('model', [
        group('encoder', [
          entry('type', 'image', 'convolutions, which know a shape wherever it stands'),
          entry(
            'blocks',
            channels.map((each) => ({ channels: each, kernel: 3, pool: 2 })),
            `each halves ${pictures.height} × ${pictures.width}, and doubles what is told apart`,
          ),
          entry('batchNorm', true, 'learns in fewer epochs'),
        ]),
        entry('dropout', dropout, `before the output layer; ${groupDigits(count)} ${what}s to train on`),
      ]),
      trainingEntries({ plan, batch, learningRate: learningRates.images, ...classEntries(balance) }),
    ],
    model: `convolutions of ${channels.join(', ')} channels; ${classes.length} classes`,
    minutes: plan.minutes,
    expectation: expectation(kind, count),
    hints: balance.hints,
    asked,
  };
}

function workOf({ height, width, channels }: Pictures, blocks: readonly number[]): Work {
  let [pixels, inputs, work] = [height * width, channels, 0];
  for (const outputs of blocks) {
    work += pixels * 9 * inputs * outputs;
    pixels /= 4;
    inputs = outputs;
  }
  return { convolutional: work };
}

function total(classes: IdxSurvey['classes']): number {
  return classes.reduce((sum, [, count]) => sum + count, 0);
}
