import { expect, it } from 'vitest';
import { configOutline, configReference } from './reference.js';
import { taskNames } from './schema.js';

const headings = (reference: string) => reference.split('\n').filter((line) => /^\S/.test(line));
const keys = (reference: string) =>
  reference.split('\n').flatMap((line) => /^ {2}(\S+) {2}/.exec(line)?.slice(1) ?? []);

it('says once what several tasks have of a key', () => {
  const encoder = configReference('model.encoder');
  for (const key of keys(encoder)) expect(key).toMatch(/^model\.encoder\./);
  expect(keys(encoder).filter((key) => key === 'model.encoder.kernel')).toHaveLength(1);
  expect(headings(encoder)).toContain('Task regression:');
  expect(headings(configReference('data.limits.onTooLong'))).toEqual([
    'Tasks sequence-to-sequence, ctc:',
    'Task speech-recognition:',
  ]);
  expect(headings(configReference('training.optimizer'))).toEqual(['All tasks:']);
});

it('has the keys of a task, and those under names of one’s own', () => {
  expect(headings(configReference('ctc'))).toEqual(['All tasks:', 'Task ctc:']);
  expect(keys(configReference('tasks.intent.pooling'))).toEqual(['tasks.<name>.pooling']);
  expect(keys(configReference('training.seed'))).toEqual(['training.seed']);
});

it('has the keys of the items of a list, and choices without keys beside those with', () => {
  expect(keys(configReference('training.augment'))).toContain('training.augment[].pixels');
  expect(configReference('model.encoder.blocks')).toMatch(
    /blocks +list of groups .*\n.*blocks\[\]\.channels/,
  );
  expect(configReference('tasks.x.data.split.groupBy')).toMatch(
    /groupBy +text \| normalized .*; default text; with .*\n +tasks\.<name>\.data\.split\.groupBy\.column .*this column/,
  );
});

it('suggests a key like one that is not there', () => {
  expect(() => configReference('training.optimiser')).toThrow("Did you mean 'training.optimizer'?");
  expect(() => configReference('clasification')).toThrow("Did you mean 'classification'?");
});

it('has an outline of every task', () => {
  expect(configOutline().split('\n')).toHaveLength(1 + taskNames.length);
  expect(configOutline()).toMatch(/^ {2}All tasks +name, task, training, tune$/m);
});
