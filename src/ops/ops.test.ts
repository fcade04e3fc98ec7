import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { Draw } from '../../test/support/draw.js';
import { evaluate } from '../../test/support/evaluate.js';
import { checkGradients } from '../../test/support/gradientCheck.js';
import { opCases } from '../../test/support/opCases.js';
import { valueCases } from '../../test/support/valueCases.js';
import { input, type Node, type Tensor } from '../tensor/tensor.js';
import { definitionOf, registeredOps } from './registry.js';

const SEEDS = [1, 2, 3];

// Every family, also one that no case imports.
for (const file of readdirSync(new URL('.', import.meta.url)))
  if (!file.endsWith('.test.ts')) await import(/* @vite-ignore */ `./${file}`);

const differentiable = registeredOps().filter((op) => definitionOf(op).gradient !== 'none');

function applies(outputs: readonly Tensor[], op: string): boolean {
  const seen = new Set<Node>();
  const visit = (node: Node): boolean => {
    if (seen.has(node)) return false;
    seen.add(node);
    return node.op === op || node.inputs.some((x) => visit(x.node));
  };
  return outputs.some((x) => visit(x.node));
}

describe('the values of every op', () => {
  it('have cases', () => {
    expect(Object.keys(valueCases).sort()).toEqual(registeredOps().sort());
  });

  it.each(Object.entries(valueCases))('%s', async (op, { inputs, apply, expected }) => {
    const tensors = inputs.map(({ dtype, shape }, i) => input(`x${i}`, dtype ?? 'float32', shape));
    const values = Object.fromEntries(inputs.map((x, i) => [`x${i}`, { shape: x.sizes, values: x.values }]));
    const outputs = [apply(...tensors)].flat() as Tensor[];
    expect(applies(outputs, op), `the case applies '${op}'`).toBe(true);
    for (const precision of ['float64', 'float32'] as const) {
      const named = Object.fromEntries(outputs.map((x, i) => [`y${i}`, x]));
      const results = await evaluate(named, values, { precision });
      expected.forEach((wanted, i) => {
        expectClose(results[`y${i}`], wanted, precision === 'float64' ? 1e-12 : 1e-6, `output ${i}`);
      });
    }
  });
});

describe('the gradient of every op', () => {
  it('has cases', () => {
    expect(Object.keys(opCases).sort()).toEqual(differentiable.sort());
  });

  describe.each(differentiable)('%s', (op) => {
    it.each((opCases[op] ?? []).map((makeCase, i) => ({ makeCase, i })))(
      'case $i agrees with central differences, and float32 with float64',
      async ({ makeCase }) => {
        for (const seed of SEEDS) {
          const draw = new Draw(seed);
          const traced = makeCase(draw);
          expect(applies(traced.outputs, op), `the case applies '${op}'`).toBe(true);
          const errors = await checkGradients(traced, draw);
          expect(errors.gradient).toBeLessThanOrEqual(1e-6);
          expect(errors.float32).toBeLessThanOrEqual(1e-5);
        }
      },
    );
  });
});
