import { describe, expect, it } from 'vitest';
import type { Spoken } from '../data/spokenDataset.js';
import { parametersOf } from '../nn/module.js';
import { randomNormal } from '../tensor/random.js';
import { parseConfig } from './parseConfig.js';
import type { SpeechConfig } from './speechSchema.js';
import { buildSpeechTask, encodeSpeech } from './speechTask.js';

const text = `
task: speech-recognition
data: { source: { recordings: spoken.tsv, rate: 8000, bands: 4 } }
model: { encoder: { hiddenSize: 6, convolutions: [{ channels: 5, kernel: 3 }] } }
training: { epochs: 2, batchSize: 2 }
`;
const parse = (...overrides: string[]) => parseConfig(text, 'speech.yaml', overrides) as SpeechConfig;

/** A recording of noise around 7. */
const spoken = (said: string, frames: number): Spoken => ({
  frames: Float32Array.from({ length: 4 * frames }, (_, i) => 7 + 2 * randomNormal(frames, i)),
  text: said,
  name: `${said}.wav`,
  origin: 'spoken.tsv: line 3',
});
const trainedOn = (...train: Spoken[]) => ({ train, validation: [] as Spoken[], test: [] as Spoken[] });

it('builds an encoder of frames that reads in both directions, and keeps tokens and scaling', () => {
  const examples = {
    ...trainedOn(spoken('one', 50), spoken('two', 30), spoken('too', 40)),
    test: [spoken('net', 20)],
  };
  const task = buildSpeechTask(parse(), examples);
  // n, e, t, w and o, and the special tokens.
  expect(parametersOf(task.model).get('output.weight')!.shape).toEqual([4 + 5, 12]);
  const { frames, labels } = task.train.batch(Int32Array.of(0, 1));
  expect(frames!.shape).toEqual([2, 50, 4]);
  expect(labels!.shape).toEqual([2, 3]);
  const mean = (frames!.data as Float32Array).reduce((a, b) => a + b) / (4 * 80);
  expect(Math.abs(mean)).toBeLessThan(0.1);
  expect(Object.keys(task.files)).toEqual(['tokenizer.json', 'scaling.json']);
  expect(task.files['scaling.json']).toMatchObject({ names: ['band 1', 'band 2', 'band 3', 'band 4'] });
  expect(task.heldOut).toEqual({ validation: undefined, test: 1 });
  expect(task.facts.data).toBe('3 recordings (0.0 minutes)');
  expect(task.steps).toBe(4);
  const other = buildSpeechTask(parse('model.encoder={ type: transformer, size: 8, heads: 2 }'), examples);
  expect(other.model.encoder.constructor.name).toBe('TransformerFrameEncoder');
  expect(other.fingerprint).toBe(task.fingerprint);
});

describe('what does not fit', () => {
  it('is named: a recording that is too short for its text, or too long', () => {
    // 'tee' needs a blank between its e.
    expect(() => buildSpeechTask(parse(), trainedOn(spoken('tee', 7)))).not.toThrow();
    expect(() => buildSpeechTask(parse(), trainedOn(spoken('tee', 6)))).toThrow(
      'spoken.tsv: line 3: the recording has 6 frames, of which the encoder makes 3 positions, too few for CTC to align the text with: it has 3 tokens and 1 blank between equal neighbours. Check the text, lower the strides',
    );
    expect(() => buildSpeechTask(parse('data.limits.maxSeconds=0.5'), trainedOn(spoken('a', 60)))).toThrow(
      'spoken.tsv: line 3: the recording lasts 0.6 s, longer than data.limits.maxSeconds 0.5. Cut it',
    );
    expect(() => buildSpeechTask(parse(), trainedOn())).toThrow('data.split leaves nothing to train on');
  });

  it('is left out and counted with onTooLong: skip', () => {
    const skip = parse('data.limits={ maxSeconds: 0.5, onTooLong: skip }');
    const task = buildSpeechTask(skip, trainedOn(spoken('net', 50), spoken('tee', 6), spoken('a', 51)));
    expect(task.train.examples.map(({ source }) => source)).toEqual(['net.wav']);
    expect(task.facts.notes).toEqual([
      '1 recording left out as too long (data.limits)',
      '1 recording left out as too short for CTC to align the text with (data.limits)',
    ]);
    const unknown = encodeSpeech([spoken('nest', 50)], task.encoding, skip, task.model);
    expect(unknown.unknownTokens).toBe(1);
    expect(() => buildSpeechTask(skip, trainedOn(spoken('a', 60)))).toThrow(
      'all 1 recordings are left out by data.limits',
    );
  });

  it.each([
    ['training.validation.metrics=[perplexity]', /metrics\.0 is "perplexity"/],
    [
      'model.encoder.convolutions=[{ kernel: 4 }]',
      /model\.encoder\.convolutions\.0\.kernel is 4; it must be odd/,
    ],
    ['model.encoder.convolutions=[]', /model\.encoder\.convolutions .*must/],
    [
      'model.encoder={ type: transformer, size: 10, heads: 4 }',
      /model\.encoder\.size is 10; it must be a multiple/,
    ],
    ['model.encoder={ type: transformer, positions: learned }', /positions is "learned"/],
    ['model.encoder.embeddingSize=3', /embeddingSize is a key of the tasks/],
    ['data.split={ validation: 0.5, test: 0.5 }', /data\.split validation and test leave nothing/],
    ['data.test={ recordings: a.tsv, rate: 9 }', /data\.test\.rate/],
  ])('%s', (override, message) => {
    expect(() => parse(override)).toThrow(message);
  });
});
