import { gradients } from '../../src/autodiff/gradients.js';
import { parametersOf, type Module } from '../../src/nn/module.js';
import { add, mul } from '../../src/ops/elementwise.js';
import { sum } from '../../src/ops/reduce.js';
import { input, type Tensor } from '../../src/tensor/tensor.js';
import { expectClose } from './closeTo.js';
import { evaluate, type Value, type Values } from './evaluate.js';

/** Ours and PyTorch's names of the same values. */
export interface FixtureUse {
  readonly fixture: Values;
  /** What PyTorch computed, by its name in the fixture. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What it differentiated by, by its name in the fixture. */
  readonly variables: Readonly<Record<string, Tensor>>;
  /** Further inputs of the graph (lengths, ids), by our name. */
  readonly inputs?: Values;
}

/** A module's parameters by PyTorch's names; `nameOf` turns those of the fixture into ours. */
export function parametersByFixtureName(
  module: Module,
  fixture: Values,
  nameOf: (name: string) => string = (name) => name,
): Record<string, Tensor> {
  const parameters = parametersOf(module);
  const found: Record<string, Tensor> = {};
  for (const name of Object.keys(fixture)) {
    const parameter = parameters.get(nameOf(name));
    if (parameter) found[name] = parameter;
  }
  if (Object.keys(found).length !== parameters.size)
    throw new Error(`The fixture has no values for some of ${[...parameters.keys()].join(', ')}.`);
  return found;
}

/** The name by which a graph takes a variable. */
function inputName(x: Tensor): string {
  return (x.node.attributes['name'] ?? (x.node.attributes['identity'] as { name: string }).name) as string;
}

/**
 * Checks outputs, loss = Σ output ⊙ R and all gradients of a fixture made by `weighted_case` (test/fixtures/common.py).
 */
export async function checkFixture(
  { fixture, outputs, variables, inputs = {} }: FixtureUse,
  precision: 'float32' | 'float64',
  tolerance: number,
): Promise<void> {
  const weighted = Object.entries(outputs).map(([name, x]) => mul(x, input(`R.${name}`, x.dtype, x.shape)));
  const loss = weighted.map((x) => sum(x)).reduce((a, b) => add(a, b));
  const found = gradients(loss, Object.values(variables));
  const named: Record<string, Tensor> = { ...outputs, loss };
  Object.keys(variables).forEach((name, i) => (named[`grad.${name}`] = found[i]!));

  const values: Record<string, Value> = { ...inputs };
  for (const [name, x] of Object.entries(variables)) values[inputName(x)] = fixture[name]!;
  for (const name of Object.keys(outputs)) values[`R.${name}`] = fixture[`R.${name}`]!;
  const results = await evaluate(named, values, { precision });
  for (const name of Object.keys(named)) expectClose(results[name], fixture[name], tolerance, name);
}
