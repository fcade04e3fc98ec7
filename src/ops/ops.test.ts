import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Draw } from '../../test/support/draw.js';
import { checkGradients } from '../../test/support/gradientCheck.js';
import { opCases } from '../../test/support/opCases.js';
import type { Node, Tensor } from '../tensor/tensor.js';
import { definitionOf, registeredOps } from './registry.js';

const SEEDS = [1, 2, 3];

// Every family, also one that no case imports.
for (const file of readdirSync(new URL('.', import.meta.url)))
  if (!file.endsWith('.test.ts')) await import(`./${file.replace('.ts', '')}.ts`);

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
