import { describe, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeTo.js';
import { Draw } from '../../test/support/draw.js';
import { evaluate } from '../../test/support/evaluate.js';
import { add, cast, greater, mul, square, tanh } from '../ops/elementwise.js';
import { matmul } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { scan } from '../ops/scan.js';
import { input } from '../tensor/tensor.js';
import { gradients } from './gradients.js';

const vector = (name: string) => input(name, 'float32', ['n']);

describe('gradients', () => {
  it('add up over all uses of a value', async () => {
    const x = vector('x');
    const [gradient] = gradients(sum(add(mul(3, mul(x, x)), x)), [x]);
    const results = await evaluate({ gradient: gradient! }, { x: { shape: [2], values: [2, -1] } });
    expect(results['gradient']!.values).toEqual([13, -5]);
  });

  it('are zeros where the loss does not depend on the parameter, or only through a comparison', async () => {
    const [x, unused, compared] = [vector('x'), vector('unused'), vector('compared')];
    const loss = sum(mul(x, cast(greater(compared, 0), 'float32')));
    const [ofX, ofUnused, ofCompared] = gradients(loss, [x, unused, compared]);
    const values = { shape: [2], values: [2, -1] };
    const results = await evaluate(
      { ofX: ofX!, ofUnused: ofUnused!, ofCompared: ofCompared! },
      { x: values, compared: values },
    );
    expect(results['ofX']!.values).toEqual([1, 0]);
    expect(results['ofUnused']!.values).toEqual([0, 0]);
    expect(results['ofCompared']!.values).toEqual([0, 0]);
  });

  it('take the wanted tensors as leaves: nothing flows through one into another', async () => {
    const x = vector('x');
    const y = square(x);
    const [ofX, ofY] = gradients(sum(mul(y, x)), [x, y]);
    const results = await evaluate({ ofX: ofX!, ofY: ofY! }, { x: { shape: [1], values: [3] } });
    expect(results['ofX']!.values).toEqual([9]);
    expect(results['ofY']!.values).toEqual([3]);
  });

  it('need a scalar', () => {
    expect(() => gradients(vector('x'), [])).toThrow(
      'A loss must be a scalar, got float32[n]; sum or average it first.',
    );
  });
});

describe('gradients through a scan', () => {
  const recurrence = () => {
    const h0 = input('h0', 'float32', ['batch', 3]);
    const x = input('x', 'float32', ['time', 'batch', 3]);
    const weight = input('weight', 'float32', [3, 3]);
    const { carries, outputs } = scan({ initial: [h0], sequences: [x] }, ([h], [slice]) => {
      const next = tanh(matmul(mul(h!, slice!), weight));
      return { carries: [next], outputs: [square(next)] };
    });
    return { h0, x, weight, last: carries[0]!, all: outputs[0]! };
  };
  const draw = new Draw(1);
  const values = {
    h0: draw.normal(['batch', 3]),
    x: draw.normal(['time', 'batch', 3]),
    weight: draw.normal([3, 3]),
  };

  it('can be asked for again, for another loss of the same scan', async () => {
    const { h0, x, weight, last, all } = recurrence();
    const wanted = [h0, x, weight];
    const [first, second] = [sum(last), sum(all)];
    const one = gradients(first, wanted);
    const two = gradients(second, wanted);
    const both = gradients(sum(mul(first, second)), wanted);
    const outputs = [...one, ...two, ...both, first, second];
    const results = await evaluate(Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])), values, {
      precision: 'float64',
    });
    const at = (i: number) => results[`y${i}`]!;
    for (let i = 0; i < 3; i++) {
      const expected = at(i).values.map(
        (slope, j) => slope * at(10).values[0]! + at(3 + i).values[j]! * at(9).values[0]!,
      );
      expectClose(at(6 + i), { shape: at(i).shape, values: expected }, 1e-12);
    }
  });

  it('leave the values of the scan as they were', async () => {
    const plain = recurrence();
    const expected = await evaluate({ last: plain.last, all: plain.all }, values);
    const { last, all, weight } = recurrence();
    gradients(sum(all), [weight]);
    const results = await evaluate({ last, all }, values);
    expect(results).toEqual(expected);
  });

  it('do not exist for a scan inside a scan', () => {
    const x = vector('x');
    const { carries } = scan({ initial: [sum(x)], sequences: [x] }, ([h], [slice]) => ({
      carries: scan({ initial: [h!], sequences: [x] }, ([inner], [innerSlice]) => ({
        carries: [mul(inner!, mul(innerSlice!, slice!))],
        outputs: [],
      })).carries,
      outputs: [],
    }));
    expect(() => gradients(carries[0]!, [x])).toThrow('scan: a scan inside a scan has no gradient.');
  });
});
