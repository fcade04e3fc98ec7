import { describe, expect, it } from 'vitest';
import { UserError } from '../tensor/errors.js';
import type { PairConfig } from './pairSchema.js';
import { formatConfig, parseConfig, parseTune } from './parseConfig.js';
import { configReference } from './reference.js';

const minimal = 'data:\n  source: { synthetic: copy, count: 10 }\n';
const parse = (text: string, ...overrides: string[]) =>
  parseConfig(text, 'run.yaml', overrides) as PairConfig;

/** The message of the UserError that a configuration ends in. */
function complaint(text: string, ...overrides: string[]): string {
  try {
    parse(text, ...overrides);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('no complaint');
}

it('fills in defaults, and reads back what it writes', () => {
  const config = parse(minimal);
  expect(config.training).toMatchObject({ seed: 1, optimizer: { type: 'adamw', learningRate: 1e-3 } });
  const some = parseConfig(minimal, 'run.yaml', [
    'training.optimizer.weightDecay=0',
    'training.schedule.warmupSteps=9',
  ]);
  expect(some.training.optimizer).toEqual({ ...config.training.optimizer, weightDecay: 0 });
  expect(some.training.schedule).toEqual({ type: 'constant', warmupSteps: 9 });
  expect(config.model.decoder).toMatchObject({ type: 'recurrent', attention: 'general' });
  expect(parse(formatConfig(config))).toEqual(config);
});

it('takes overrides, also of keys and groups that the text lacks', () => {
  const config = parse(
    minimal,
    'training.steps=7',
    'training.optimizer={ type: sgd, learningRate: 0.5 }',
    'training.validation.metrics=[loss]',
    'data.split.seed=3',
  );
  expect(config.training.steps).toBe(7);
  expect(config.training.optimizer).toMatchObject({ type: 'sgd', learningRate: 0.5, momentum: 0 });
  expect(config.training.validation.metrics).toEqual(['loss']);
  expect(config.data.split.seed).toBe(3);
});

it('lets steps take the place of epochs, a batch size that of batch tokens, and null bring a default back', () => {
  const text = `${minimal}training: { epochs: 3, batchTokens: 900, seed: 7 }\n`;
  const { training } = parse(text, 'training.steps=5', 'training.batchSize=8', 'training.seed=null');
  expect(training).toMatchObject({ steps: 5, batchSize: 8, seed: 1 });
  expect(training).not.toHaveProperty('epochs');
  expect(training).not.toHaveProperty('batchTokens');
});

it('tells of every mistake, a line each', () => {
  const text = `${minimal}trainin: {}\nmodle: {}\nsource: { minCount: 0 }\n`;
  expect(() => parse(text, 'training.seed=x')).toThrow(
    /^run\.yaml: line 5: source\.minCount is 0.*\n--set training\.seed=x: .*\nrun\.yaml: line 3: trainin is.*\nrun\.yaml: line 4: modle is/,
  );
});

describe('a wrong configuration', () => {
  it.each([
    [
      'trainin: {}',
      /^run\.yaml: line 3: trainin is not a known key\. Did you mean 'training'\? Valid here: name,/,
    ],
    ['training: { step: 3 }', /line 3: training\.step is not a known key\. Did you mean 'steps'\?/],
    ['training: { steps: "3" }', /training\.steps is "3"; it must be a number\.$/],
    ['training: { steps: 2.5 }', /training\.steps is 2\.5; it must be a whole number\.$/],
    ['training: { steps: 0 }', /training\.steps is 0; it must be at least 1\.$/],
    ['training: 3', /line 3: training is 3; it must be a group of keys\.$/],
    [
      'training: { schedule: { floor: 0.1 } }',
      /schedule\.floor does not go with the type constant, its default, but with cosine, linear\./,
    ],
    ['training: { optimizer: { type: adm } }', /training\.optimizer\.type is "adm"\. Did you mean 'adam'\?/],
    [
      'training: { optimizer: { type: adam, momentum: 0.9 } }',
      /optimizer\.momentum does not go with the type adam, but with sgd, rmsprop\. Remove it, or change training\.optimizer\.type\./,
    ],
    [
      'training: { validation: { metrics: [fluency] } }',
      /metrics\.0 is "fluency"\. Valid here: loss, perplexity/,
    ],
    ['model: { encoder: { bidirectional: 1 } }', /bidirectional is 1; it must be true or false\.$/],
    ['source: { tokenizer: [word] }', /source\.tokenizer is \["word"\]\./],
    ['training: {', /^run\.yaml: line \d+, column \d+: not valid YAML/],
    ['data: {}', /not valid YAML \(Map keys must be unique/],
  ])('%s is explained', (line, message) => {
    expect(complaint(`${minimal}${line}\n`)).toMatch(message);
  });

  it.each([
    ['data: {}', /data\.source is missing/],
    ['data: { source: {} }', /data\.source needs one of the keys package, file, synthetic\.$/],
    [
      'data: { source: { fil: x } }',
      /needs one of the keys package, file, synthetic\. Did you mean 'file'\?/,
    ],
    [
      'data: { source: { file: x, heder: true } }',
      /data\.source\.heder is not a known key\. Did you mean 'header'\?/,
    ],
    ['data: { source: { file: 3 } }', /data\.source\.file is 3; it must be a text\.$/],
    ['data: { source: { synthetic: sort } }', /data\.source\.count is missing; it must be a number\.$/],
    ['# nothing', /run\.yaml: the configuration is empty/],
    ['- a', /run\.yaml: the configuration is \["a"\]; it must be a group of keys\.$/],
  ])('of data: %s is explained', (text, message) => {
    expect(complaint(text)).toMatch(message);
  });

  it.each([
    ['model.encoder.cell=lstm', /model\.decoder\.cell is gru, but model\.encoder\.cell is lstm/],
    ['model.decoder.layers=2', /model\.decoder\.layers is 2, more than model\.encoder\.layers 1/],
    [
      'model={ encoder: { bidirectional: true }, decoder: { attention: dot } }',
      /hiddenSize × 2 directions = 512/,
    ],
    ['model.decoder={ attention: none, inputFeeding: true }', /needs model\.decoder\.attention/],
    [
      'model={ encoder: { type: convolutional, kernel: 4 }, decoder: { type: transformer } }',
      /model\.encoder\.kernel is 4; it must be odd/,
    ],
    ['model={ encoder: { type: convolutional }, decoder: { cell: lstm, layers: 2 } }', undefined],
    ['model.encoder={ type: transformer }', undefined],
    [
      'model={ encoder: { type: transformer, size: 64 }, decoder: { attention: dot } }',
      /hiddenSize \(256\) to equal the encoder's features \(model\.encoder\.size = 64\)/,
    ],
    [
      'model={ encoder: { type: convolutional, channels: 9 }, decoder: { attention: dot } }',
      /to equal the encoder's features \(model\.encoder\.channels = 9\)/,
    ],
    [
      'model.encoder.activation=relu',
      /model\.encoder\.activation is for the cell rnn, but model\.encoder\.cell is gru, whose activations are fixed/,
    ],
    ['model.decoder.activation=relu', /model\.decoder\.activation is for the cell rnn, but/],
    [
      'model={ encoder: { cell: rnn, activation: relu }, decoder: { cell: rnn, activation: tanh } }',
      undefined,
    ],
    ['model.encoder.activation=gelu', /model\.encoder\.activation is "gelu"/],
    [
      'model.decoder={ type: transformer, size: 30 }',
      /model\.decoder\.size is 30; it must be a multiple of model\.decoder\.heads \(4\)/,
    ],
    [
      'model.decoder={ type: transformer, cell: gru }',
      /decoder\.cell does not go with the type transformer, but with recurrent\./,
    ],
    ['model.decoder.type=conv', /model\.decoder\.type is "conv"\. Valid here: recurrent, transformer\.$/],
    [
      'model.decoder.coverage=true',
      /model\.decoder\.coverage enters the score of additive attention, but model\.decoder\.attention is general/,
    ],
    [
      'training.scheduledSampling={ type: inverse-sigmoid }',
      /training\.scheduledSampling\.pace is missing; it must be a number\.$/,
    ],
    [
      'training.scheduledSampling={ type: linear, steps: 5, floor: 1.5 }',
      /training\.scheduledSampling\.floor is 1\.5; it must be at most 1\.$/,
    ],
    ['name=*.tsv', /^--set name=\*\.tsv: .*alias.* A text that begins with \* must stand between quotes\./],
    [
      'training.initial={ run: runs/a, vectors: glove.txt }',
      /training\.initial\.vectors would be replaced by the embedding of training\.initial\.run/,
    ],
    ['training={ steps: 1, epochs: 1 }', /training\.epochs is given beside training\.steps/],
    [
      'training={ batchSize: 1, batchTokens: 1 }',
      /training\.batchTokens is given beside training\.batchSize/,
    ],
    [
      'training.validation.stopOn=cer',
      /stopOn is cer, which training\.validation\.metrics \(loss, per, wer\)/,
    ],
    [
      'training.optimizer={ type: sgd, learningRate: 1, nesterov: true }',
      /needs training\.optimizer\.momentum/,
    ],
    ['data.split={ validation: 0.5, test: 0.5 }', /leave nothing to train on/],
    [
      'decoding={ constraints: [a], topP: 0.9 }',
      /decoding\.constraints can only be searched for, but decoding\.topP says how answers are drawn; keep one/,
    ],
    ['decoding={ constraints: [a], temperature: 2 }', /but decoding\.temperature says how answers are drawn/],
    ['decoding.constraints=[]', /decoding\.constraints is \[\]; it must have at least one entry\.$/],
    ['decoding={ prefix: "" }', /decoding\.prefix is ""; it must not be empty\.$/],
    ['decoding.repetitionPenalty=0', /decoding\.repetitionPenalty is 0; it must be above 0\.$/],
    ['decoding.noRepeatedNgram=0', /decoding\.noRepeatedNgram is 0; it must be at least 1\.$/],
    ['decoding={ constraints: [a], prefix: b, noRepeatedNgram: 3, beam: 4 }', undefined],
    ['decoding={ temperature: 0.7, topK: 9, topP: 0.9, minP: 0.1, repetitionPenalty: 1.2 }', undefined],
    ['training.schedule={ type: cosine, warmupSteps: 9 }', undefined],
  ])('%s is checked as a whole', (override, message) => {
    if (message) expect(complaint(minimal, override)).toMatch(message);
    else expect(() => parse(minimal, override)).not.toThrow();
  });

  it.each([
    [
      'decoding.beam=3',
      '--set decoding.beam=3: decoding.beam is a key of the tasks sequence-to-sequence, ctc, speech-recognition, denoising, not of classification. Remove it, or change task.',
    ],
    [
      'decoding={ beam: 3, lengthPenalty: 1 }',
      'decoding is a key of the tasks sequence-to-sequence, denoising, not of',
    ],
    [
      'decoding={ bean: 3 }',
      'decoding is a key of the tasks sequence-to-sequence, ctc, speech-recognition, language-model, denoising, multi-label, not of',
    ],
    [
      'model.encoder.heads=2',
      'heads does not go with the type recurrent, its default, but with transformer. Remove it, or change model.encoder.type.',
    ],
    ['training.classWeigths=balanced', "not a known key. Did you mean 'classWeights'?"],
  ])('names whose key it is: %s', (override, message) => {
    const classes = 'task: classification\ndata: { source: { file: a.tsv } }\n';
    expect(complaint(classes, override)).toContain(message);
  });

  it('asks of a decoder what only another kind can do', () => {
    const transformers = `${minimal}model: { encoder: { type: transformer }, decoder: { type: transformer } }\n`;
    expect(complaint(transformers, 'training.scheduledSampling={ type: exponential, decay: 0.99 }')).toMatch(
      /training\.scheduledSampling lets a recurrent decoder read what it has just written/,
    );
    expect(
      complaint(`${minimal}model: { decoder: { attention: none } }\n`, 'training.coverageLoss=1'),
    ).toMatch(/training\.coverageLoss weighs what attention repeats, so it needs model\.decoder\.attention/);
    expect(parse(transformers, 'training.coverageLoss=1').training.coverageLoss).toBe(1);
  });

  it('is blamed on --set where that gave the value', () => {
    expect(complaint(minimal, 'training.steps=many')).toBe(
      '--set training.steps=many: training.steps is "many"; it must be a number.',
    );
    expect(
      complaint(minimal, 'training.validation.metrics=[loss]', 'training.validation.stopOn=wer'),
    ).toMatch(/^--set training\.validation\.stopOn=wer: /);
    expect(complaint(`${minimal}model: { decoder: { cell: gru } }\n`, 'model.encoder.cell=lstm')).toMatch(
      /^--set model\.encoder\.cell=lstm: model\.decoder\.cell is gru/,
    );
    expect(complaint(minimal, 'training.steps')).toMatch(
      /^--set training\.steps: not of the form key\.path=value/,
    );
    expect(complaint(minimal, 'training.steps=[')).toMatch(
      /^--set training\.steps=\[: the value is not valid YAML/,
    );
  });
});

it('leaves aside what is to be searched, which is read apart', () => {
  const text = `${minimal}tune: { space: { training.seed: { integer: [1, 9] } } }\n`;
  expect(parse(text)).toEqual(parse(minimal));
  expect(parseTune(text, 'run.yaml')).toMatchObject({
    seed: 1,
    parallel: 1,
    space: { 'training.seed': { integer: [1, 9] } },
  });
  expect(parseTune(text, 'run.yaml', ['tune.trials=3']).trials).toBe(3);
  expect(() => parseTune(minimal, 'run.yaml')).toThrow(/^run\.yaml: has no key tune/);
  expect(complaint(`${minimal}tune: 3\n`)).toBe('run.yaml: line 3: tune is 3; it must be a group of keys.');
  expect(complaint(`${minimal}tune: { trials: 3 }\n`)).toBe(
    'run.yaml: line 3: tune.space is missing; it must be a group of keys.',
  );
});

it('has a reference of all its keys', () => {
  const reference = configReference();
  expect(reference).toMatch(/^ {2}data\.source\.package +cmu-pronouncing-dictionary +a data set/m);
  expect(reference).toMatch(/^ {2}training\.optimizer\.type +adamw \| adam \| sgd/m);
  expect(reference).toMatch(
    /^ {2}model\.encoder\.type +recurrent \| transformer \| convolutional +default recurrent$/m,
  );
  expect(reference).toMatch(/^ {2}tune\.space\.<name>\.integer +list of number +\[lowest, highest\]/m);
  expect(reference).toMatch(/^ {2}tune\.strategy\.type +random \| grid \| tpe \| halving +default tpe$/m);
  expect(reference).toMatch(/^ {2}training\.seed +whole number ≥ 0 +decides .*; default 1$/m);
});
