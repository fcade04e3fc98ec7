import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { Draw } from '../../test/support/draw.js';
import { evaluate } from '../../test/support/evaluate.js';
import { checkFixture } from '../../test/support/fixtureCheck.js';
import { readFixture } from '../../test/support/fixtures.js';
import { checkGradients } from '../../test/support/gradientCheck.js';
import { opCases } from '../../test/support/opCases.js';
import { valueCases } from '../../test/support/valueCases.js';
import { input, type Node, type Tensor } from '../tensor/tensor.js';
import * as elementwise from './elementwise.js';
import { definitionOf, registeredOps } from './registry.js';

const SEEDS = [1, 2, 3];

// Every family, also one that no case imports.
for (const file of readdirSync(new URL('.', import.meta.url)))
  if (!file.endsWith('.test.ts')) await import(/* @vite-ignore */ `./${file}`);

const differentiable = registeredOps().filter((op) => definitionOf(op).gradient !== 'none');

/** Ops that ONNX Runtime's CPU lacks in float64: checked in float32 against test/fixtures/float64_gaps.py. */
const float64Gaps: Readonly<Record<string, (...inputs: Tensor[]) => Tensor>> = { erf: elementwise.erf };

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
    for (const precision of op in float64Gaps ? (['float32'] as const) : (['float64', 'float32'] as const)) {
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
    expect([...Object.keys(opCases), ...Object.keys(float64Gaps)].sort()).toEqual(differentiable.sort());
  });

  it.each(Object.entries(float64Gaps))('%s agrees with PyTorch’s in float64', async (op, apply) => {
    const fixture = readFixture(`float64_gaps/${op}`);
    const names = Object.keys(fixture).filter((name) => /^x\d+$/.test(name));
    const variables = Object.fromEntries(
      names.map((name) => [name, input(name, 'float32', fixture[name]!.shape)]),
    );
    const outputs = { y: apply(...Object.values(variables)) };
    await checkFixture({ fixture, outputs, variables }, 'float32', 1e-5);
  });

  describe.each(Object.keys(opCases))('%s', (op) => {
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
