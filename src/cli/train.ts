import { MASK_TOKEN } from '../text/reservedTokens.js';
import { join } from 'node:path';
import { askedForm } from '../config/askedTexts.js';
import { withOnBadRow } from '../config/badRowPolicy.js';
import { readConfig } from '../config/node/readConfig.js';
import { minimalConfigs } from '../config/minimalConfigs.js';
import type { TrainedRun } from '../config/node/trainedRun.js';
import { configOutline, configReference } from '../config/reference.js';
import { taskNames, type Config, type TaskName } from '../config/schema.js';
import type { Engine } from '../engine/engine.js';
import { RunDirectory } from '../formats/node/runDirectory.js';
import { quoted, requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { showDemo } from './demo.js';
import { onBadRow, onBadRowOption } from './onBadRow.js';
import { trainAndTest } from './trainAndTest.js';
import { withEngine } from './withEngine.js';

export const trainCommand: Command = {
  name: 'train',
  summary: 'Train a model from a configuration, into a run directory',
  operands: 'CONFIG.yaml [--run DIR] [--resume] [--set key.path=value …] [--on-bad-row POLICY] [--demo]',
  options: {
    run: {
      type: 'string',
      value: 'DIR',
      description: 'the run directory; default: runs/<name of the configuration>',
    },
    resume: {
      type: 'boolean',
      description: 'go on from the latest checkpoint of the run, or begin if it has none',
    },
    set: setOption,
    'on-bad-row': onBadRowOption,
    demo: {
      type: 'boolean',
      description: 'use a fresh run directory, and show at the end what the model can do',
    },
  },
  examples: [
    'heddle train examples/pronounce/quick.yaml',
    'heddle train examples/pronounce/quick.yaml --set training.steps=200 --run runs/trial',
  ],
  details: () =>
    `Keys of a configuration (docs/config.md):\n${configOutline()}\n\nheddle train --help KEY shows a key and those below it (model.encoder), heddle train --help TASK those of a task (tagging).`,
  topic: (name) => `${isTask(name) ? `${minimalConfigs[name]}\n` : ''}${configReference(name)}\n`,
  async run(args) {
    const path = requireOperand(trainCommand, args, 'the configuration');
    requireNoMore(trainCommand, args, 1);
    const overrides = args.texts('set');
    const policy = onBadRow(args);
    const config = withOnBadRow(await readConfig(path, overrides), policy);
    const resume = args.flag('resume');
    const demo = args.flag('demo');
    const named = args.text('run') ?? join('runs', config.name);
    const run = demo && !resume ? await freshPath(named) : named;
    return withEngine({ threads: config.training.threads }, async (engine) => {
      return train(config, {
        engine,
        run,
        resume,
        demo,
        typed: [
          quoted(path),
          ...overrides.map((each) => `--set ${quoted(each)}`),
          ...(policy ? [`--on-bad-row ${policy}`] : []),
        ].join(' '),
      });
    });
  },
};

function isTask(name: string): name is TaskName {
  return (taskNames as readonly string[]).includes(name);
}

interface TrainOptions {
  readonly engine: Engine;
  readonly run: string;
  readonly resume: boolean;
  readonly demo: boolean;
  /** The configuration and what replaces its values, as they were typed. */
  readonly typed: string;
}

async function train(config: Config, { engine, run, resume, demo, typed }: TrainOptions): Promise<number> {
  const outcome = await trainAndTest(config, {
    engine,
    run,
    resume,
    heading: [`Engine: ${engine.description}`, `Run: ${run}`],
    goOn: `npx heddle train ${typed} --run ${quoted(run)} --resume`,
  });
  if ('exitCode' in outcome) return outcome.exitCode;
  const { trained, task, display, tested } = outcome;
  const answers = tested?.answers ?? [];
  if (demo && trained.task === 'sequence-to-sequence') await showDemo(trained, answers);
  display.note(
    nextLines(run, trained, {
      example: answers[0]?.source,
      tested: tested !== undefined,
      validated: task.heldOut.validation !== undefined,
    }),
  );
  return 0;
}

function nextLines(
  run: string,
  trained: TrainedRun,
  { example, tested, validated }: { example?: string; tested: boolean; validated: boolean },
): string {
  const shown = inputFor(trained, example);
  const [evaluate, inspect] =
    trained.task === 'sequence-to-sequence'
      ? [' --beam 5', ` ${shown} --svg attention.svg`]
      : [trained.task === 'ctc' || trained.task === 'speech-recognition' ? ' --beam 5' : '', ''];
  const measured = tested ? evaluate : validated ? ' --split validation' : ' --data FILE';
  return `
Next:
  npx heddle predict ${quoted(run)} ${shown}
  npx heddle inspect ${quoted(run)}${inspect}
  npx heddle evaluate ${quoted(run)}${measured}
  and open ${join(run, 'report.html')} in a browser`;
}

/** Letters of an example that still make a handy command. */
const HANDY = 48;

/** What a model can be asked: an example where it is short, else a name for it. */
function inputFor(trained: TrainedRun, example?: string): string {
  if (trained.task === 'speech-recognition') return 'SOUND.wav';
  if (trained.task === 'classification' && trained.encoding.image) {
    const { source } = trained.config.data;
    return 'recordings' in source ? 'SOUND.wav' : 'folder' in source ? 'IMAGE.png' : 'IMAGES.gz';
  }
  if (trained.task === 'masked-language-model' || trained.task === 'denoising')
    return quoted(`TEXT WITH ${MASK_TOKEN}`);
  const placeholder = 'contextKind' in trained ? askedForm(trained.contextKind) : 'TEXT';
  // What reads columns of numbers takes no text.
  const table = tableOf(trained);
  if (table !== undefined) return `--input ${quoted(table)}`;
  // The path of an image is that from the table's folder.
  if ('contextKind' in trained && trained.contextKind === 'image') return quoted(placeholder);
  return quoted(example === undefined || example.length > HANDY ? placeholder : example);
}

/** The table of what reads columns of numbers. */
function tableOf(trained: TrainedRun): string | undefined {
  switch (trained.task) {
    case 'forecasting':
      return trained.config.data.source.file;
    case 'regression':
      return trained.encoding.text ? undefined : trained.config.data.source.file;
    case 'multi-label':
      return trained.readsRows ? trained.config.data.source.file : undefined;
    case 'classification': {
      const { source } = trained.config.data;
      return trained.readsRows && 'file' in source ? source.file : undefined;
    }
    default:
      return undefined;
  }
}

/** The path itself, or with `-2`, `-3` … the first that holds no run yet. */
async function freshPath(path: string): Promise<string> {
  let fresh = path;
  for (let number = 2; await RunDirectory.isStarted(fresh); number++) fresh = `${path}-${number}`;
  return fresh;
}
