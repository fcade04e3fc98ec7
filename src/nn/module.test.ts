import { describe, expect, it } from 'vitest';
import { opTypes, readNodes } from '../../test/support/onnxReader.js';
import { exportGraph } from '../onnx/exportGraph.js';
import { tanh } from '../ops/elementwise.js';
import { UserError } from '../tensor/errors.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { gaussian, ones, uniform, zeros, type Initializer } from './initializers.js';
import { Linear } from './layers/linear.js';
import { Module, Parameter, modulesOf, parametersOf } from './module.js';

class Block extends Module {
  readonly first = new Linear(3, 3);
  readonly second: Linear;
  constructor(second: Linear) {
    super();
    this.second = second;
  }
  forward(x: Tensor): Tensor {
    return tanh(this.second.forward(this.first.forward(x)));
  }
}

class Model extends Module {
  readonly scale = new Parameter([3], ones);
  readonly blocks: Block[];
  constructor() {
    super();
    const shared = new Linear(3, 3, { bias: false });
    this.blocks = [new Block(shared), new Block(shared)];
  }
  forward(x: Tensor): Tensor {
    return this.blocks.reduce((h, block) => block.forward(h), x);
  }
}

describe('a model', () => {
  it('names its parameters by the path of properties, tied ones by their first', () => {
    const model = new Model();
    const parameters = parametersOf(model);
    expect([...parameters.keys()]).toEqual([
      'scale',
      'blocks.0.first.weight',
      'blocks.0.first.bias',
      'blocks.0.second.weight',
      'blocks.1.first.weight',
      'blocks.1.first.bias',
    ]);
    for (const [name, parameter] of parameters) expect(parameter.name).toBe(name);
    expect(parameters.get('scale')!.size).toBe(3);
    expect(parametersOf(model)).toEqual(parameters);
  });

  it('knows its modules by path', () => {
    const modules = modulesOf(new Model());
    expect([...modules.keys()]).toEqual([
      '',
      'blocks.0',
      'blocks.0.first',
      'blocks.0.second',
      'blocks.1',
      'blocks.1.first',
    ]);
  });

  it('has the paths of its layers in the graph, and takes each parameter once', () => {
    const model = new Model();
    parametersOf(model);
    const { bytes, inputs } = exportGraph({ y: model.forward(input('x', 'float32', ['batch', 3])) });
    expect(inputs.filter((x) => x.kind === 'parameter')).toHaveLength(5);
    expect(opTypes(bytes)).toEqual(['Gemm', 'Gemm', 'Tanh', 'Gemm', 'Gemm', 'Tanh']);
    expect(readNodes(bytes).map((node) => node.name.replace(/_\d+$/, ''))).toEqual([
      'blocks.0.first.Gemm',
      'blocks.0.second.Gemm',
      'blocks.0.Tanh',
      'blocks.1.first.Gemm',
      'blocks.0.second.Gemm',
      'blocks.1.Tanh',
    ]);
  });
});

describe('a parameter that is not found', () => {
  class Hidden extends Module {
    readonly #linear = new Linear(3, 3);
    forward(x: Tensor): Tensor {
      return this.#linear.forward(x);
    }
  }
  class InMap extends Module {
    readonly layers = new Map([['first', new Linear(3, 3)]]);
    forward(x: Tensor): Tensor {
      return this.layers.get('first')!.forward(x);
    }
  }
  class Outer extends Module {
    readonly first = new Linear(3, 3);
    constructor(readonly inner: Hidden | InMap) {
      super();
    }
    forward(x: Tensor): Tensor {
      return this.inner.forward(this.first.forward(x));
    }
  }
  const write = (model: Hidden | InMap | Outer) =>
    exportGraph({ y: model.forward(input('x', 'float32', ['batch', 3])) });

  it.each([
    ['Hidden', new Hidden()],
    ['Hidden (inner)', new Outer(new Hidden())],
    ['InMap (inner)', new Outer(new InMap())],
  ])('is an error that names the class: %s', (name, model) => {
    parametersOf(model);
    expect(() => write(model)).toThrow(
      new UserError(
        `${name} uses a parameter [3, 3] that has no name: it was not found among its fields. Hold parameters and modules, from the constructor on, in ordinary fields (TypeScript's private is fine, #private is not) or in arrays there; maps and plain objects are not searched.`,
      ),
    );
  });

  it('may belong to a model that nobody has named', () => {
    expect(() => write(new Hidden())).toThrow(
      'The graph uses a parameter [3, 3] that has no name. Name those of the model first: parametersOf(model) does it',
    );
  });
});

describe('initializers', () => {
  const mean = (values: Float32Array) => values.reduce((a, b) => a + b) / values.length;
  const draw = (initializer: Initializer, key = 1, count = 10_000) => {
    const values = new Float32Array(count);
    initializer(values, key, [count]);
    return values;
  };

  it('draw the same values for the same key', () => {
    expect(draw(uniform(1), 5)).toEqual(draw(uniform(1), 5));
    expect(draw(uniform(1), 5)).not.toEqual(draw(uniform(1), 6));
  });

  it('have the spread they say', () => {
    expect(draw(zeros, 1, 2)).toEqual(Float32Array.of(0, 0));
    expect(draw(ones, 1, 2)).toEqual(Float32Array.of(1, 1));
    const flat = draw(uniform(0.5));
    expect(Math.min(...flat)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...flat)).toBeLessThanOrEqual(0.5);
    // 4 standard errors of 10,000 draws.
    expect(Math.abs(mean(flat))).toBeLessThan((4 * 0.5) / Math.sqrt(3) / 100);
    const normal = draw(gaussian(2));
    expect(Math.abs(mean(normal))).toBeLessThan((4 * 2) / 100);
    expect(Math.abs(mean(normal.map((x) => x * x)) - 4)).toBeLessThan((4 * 4 * Math.SQRT2) / 100);
  });
});
