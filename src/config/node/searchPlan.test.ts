import { describe, expect, it } from 'vitest';
import { UserError } from '../../tensor/errors.js';
import { planSearch } from './searchPlan.js';

const base = `name: toy
data:
  source: { synthetic: copy, count: 100 }
training:
  steps: 600
  validation: { everySteps: 50, stopOn: per }
`;
const plan = (tune: string, ...overrides: string[]) =>
  planSearch(`${base}tune: ${tune}\n`, 'toy.yaml', overrides);

/** The message of the UserError that a plan ends in. */
const complaint = (tune: string, ...overrides: string[]) => messageOf(() => plan(tune, ...overrides));

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('no complaint');
}

const dropout = '{ space: { model.encoder.dropout: { uniform: [0, 0.4] } } }';

describe('a search', () => {
  it('has usual settings, and puts values in place', () => {
    const { search, tune, base: config, configOf } = plan(dropout);
    expect(search).toMatchObject({ trials: 20, strategy: { type: 'tpe', startup: 8 }, rungs: [Infinity] });
    expect(search.betterWhen).toBe('lower');
    expect(tune.parallel).toBe(1);
    expect(config).not.toHaveProperty('tune');
    const tried = configOf({ 'model.encoder.dropout': 0.3, 'training.schedule': { type: 'cosine' } });
    expect(tried.model).toMatchObject({ encoder: { dropout: 0.3 } });
    expect(tried.training.schedule).toMatchObject({ type: 'cosine', warmupSteps: 0 });
  });

  it('takes overrides of the command line', () => {
    const { search, configOf } = plan(dropout, 'tune.trials=7', 'training.steps=70');
    expect(search.trials).toBe(7);
    expect(configOf({ 'model.encoder.dropout': 0.1 }).training.steps).toBe(70);
  });

  it('counts a grid without what does not go together', () => {
    const { search } = plan(
      '{ strategy: { type: grid }, space: { model.encoder.layers: { integer: [1, 3] }, model.decoder.layers: { integer: [1, 3] } } }',
    );
    expect(search.trials).toBe(6);
    expect(search.isAllowed({ 'model.encoder.layers': 1, 'model.decoder.layers': 2 })).toBe(false);
  });

  it('has rungs from the steps', () => {
    const { search } = plan(`{ strategy: { type: halving, minSteps: 100, eta: 2 }, space: { model.encoder.dropout: { uniform: [0, 0.4] } } }`); // prettier-ignore
    expect(search.rungs).toEqual([100, 200, 400, Infinity]);
  });
});

describe('a wrong search', () => {
  const halving = (strategy: string, key = 'model.encoder.dropout: { uniform: [0, 0.4] }') =>
    `{ strategy: { type: halving, ${strategy} }, space: { ${key} } }`;
  it.each([
    ['{ space: {} }', /^toy\.yaml: line 7: tune\.space must name at least one key/],
    ['{ trails: 3, space: { a: { choice: [1] } } }', /line 7: tune\.trails is not a known key\. Did you mean 'trials'\?/],
    ['{ space: { model.encoder.dropout: { unifrom: [0, 1] } } }', /tune\.space\.model\.encoder\.dropout needs one of the keys uniform, .* Did you mean 'uniform'\?/],
    ['{ space: { model.encoder.dropout: { uniform: [0.4, 0] } } }', /tune\.space\.model\.encoder\.dropout\.uniform must be a range, \[lowest, highest\]/],
    ['{ space: { training.optimizer.learningRate: { logUniform: [0, 1] } } }', /logUniform\.0 is 0; it must be above 0/],
    ['{ space: { model.encodr.dropout: { uniform: [0, 0.4] } } }', /^toy\.yaml: tune\.space: model\.encodr\.dropout=0: model\.encodr is not a known key\. Did you mean 'encoder'\?/],
    ['{ space: { model.encoder.dropout: { uniform: [0, 1] } } }', /^toy\.yaml: tune\.space: model\.encoder\.dropout=1: model\.encoder\.dropout is 1; it must be below 1\./],
    ['{ space: { model.encoder.cell: { choice: [gru, lstn] } } }', /^toy\.yaml: tune\.space: model\.encoder\.cell="lstn": model\.encoder\.cell is "lstn"\. Did you mean 'lstm'\?/],
    ['{ strategy: { type: grid }, space: { model.encoder.dropout: { uniform: [0, 0.4] } } }', /tune\.space\.model\.encoder\.dropout needs points for a grid/],
    ['{ strategy: { type: grid }, trials: 3, space: { model.encoder.layers: { choice: [1] } } }', /tune\.trials does not go with a grid/],
    ['{ space: { training.schedule: { choice: [{ type: constant }] }, training.schedule.warmupSteps: { integer: [0, 9] } } }', /tune\.space\.training\.schedule\.warmupSteps lies within training\.schedule/],
    ['{ space: { model.encoder.layers: { integer: [1.5, 3] } } }', /layers\.integer must be a range of whole numbers/],
    ['{ strategy: { type: grid }, space: { training.seed: { integer: [1, 1001] } } }', /tune\.space has 1001 combinations, more than the 1000/],
    [halving('minSteps: 600'), /tune\.strategy\.minSteps is 600; it must be below training\.steps \(600\)/],
    [halving('minSteps: 70'), /minSteps is 70; it must be a multiple of training\.validation\.everySteps \(50\)/],
    [halving('minSteps: 100', 'training.steps: { integer: [100, 900] }'), /training\.steps cannot be searched with halving/],
    [halving('minSteps: 100', 'training.validation.everySteps: { choice: [50, 100] }'), /everySteps cannot be searched with halving/],
    ['{ space: { training.validation.stopOn: { choice: [loss, per] } } }', /tune\.space: training\.validation\.stopOn says what trials are compared by/],
  ])('is explained: %s', (tune, message) => {
    expect(complaint(tune)).toMatch(message);
  }); // prettier-ignore

  it('needs a length of training for halving', () => {
    expect(complaint(halving('minSteps: 100'), 'training.steps=null')).toMatch(/needs training\.steps/);
  });

  it('is one that is not there', () => {
    const without = () => planSearch(base, 'toy.yaml');
    expect(without).toThrow(/^toy\.yaml: has no key tune.* Add one, such as tune: \{.*\}\.$/);
    // What it advises works, though this configuration names no optimiser.
    const [, advice] = /such as tune: (.*)\.$/.exec(messageOf(without))!;
    const { optimizer } = plan(advice!).configOf({ 'training.optimizer.learningRate': 5e-3 }).training;
    expect(optimizer).toMatchObject({ type: 'adamw', learningRate: 5e-3, weightDecay: 0.01 });
  });

  it('may have values that go only with others', () => {
    const layers = (most: number) =>
      `{ space: { model.encoder.layers: { integer: [1, ${most}] }, model.decoder.layers: { integer: [1, 3] } } }`;
    expect(() => plan(layers(3))).not.toThrow();
    expect(complaint(layers(2))).toMatch(
      /^toy\.yaml: tune\.space: model\.decoder\.layers=3: model\.decoder\.layers is 3, more than/,
    );
  });
});
