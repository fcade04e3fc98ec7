import { describe, it } from 'vitest';
import { checkTenSteps, precisions } from '../../test/support/trainingFixture.js';
import type { Trainable } from '../models/trainable.js';
import { ones } from '../nn/initializers.js';
import { Linear } from '../nn/layers/linear.js';
import { Module, Parameter } from '../nn/module.js';
import { add, cast, tanh, type Operand } from '../ops/elementwise.js';
import { linear } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { reshape } from '../ops/shape.js';
import { input, type Tensor } from '../tensor/tensor.js';
import { adversarialLosses, type AdversarialLoss } from './adversarial.js';
import { infoNce, marginContrastive, ntXent, symmetricInfoNce } from './contrastive.js';
import { denseCrossEntropy } from './crossEntropy.js';

const rows = input('rows', 'bool', ['batch']);
const same = input('same', 'bool', ['batch']);
const vectors = (name: string, size: number) => input(name, 'float32', ['batch', size]);
/** Losses [batch], summed over the real examples. */
const summed = (losses: Tensor) => ({ loss: sum(losses), count: sum(cast(rows, 'float32')) });

/** The models of test/fixtures/loss_training.py. */
class DenseClassifier extends Module {
  private readonly linear = new Linear(4, 3);

  traceLoss() {
    const options = { classWeights: [0.5, 1, 2.5], labelSmoothing: 0.1, mask: rows };
    return summed(denseCrossEntropy(this.linear.forward(vectors('x', 4)), vectors('targets', 3), options));
  }
}

class Towers extends Module {
  private readonly left = new Linear(4, 5);
  private readonly right = new Linear(4, 5);

  constructor(
    private readonly losses: (a: Tensor, b: Tensor, temperature: Operand) => Tensor,
    private readonly temperature: Parameter | number = 0.5,
  ) {
    super();
  }

  traceLoss() {
    const [a, b] = [this.left.forward(vectors('x', 4)), this.right.forward(vectors('y', 4))];
    return summed(this.losses(a, b, this.temperature));
  }
}

class Discriminator extends Module {
  private readonly hidden = new Linear(4, 5);
  private readonly output = new Linear(5, 1);

  constructor(private readonly sides: AdversarialLoss) {
    super();
  }

  private logits(x: Tensor): Tensor {
    return reshape(this.output.forward(tanh(this.hidden.forward(x))), ['batch']);
  }

  traceLoss() {
    const { real, fake } = this.sides;
    return summed(add(real(this.logits(vectors('x', 4)), rows), fake(this.logits(vectors('y', 4)), rows)));
  }
}

class Generator extends Module {
  private readonly linear = new Linear(3, 4);

  constructor(private readonly sides: AdversarialLoss) {
    super();
  }

  traceLoss() {
    const made = tanh(this.linear.forward(vectors('noise', 3)));
    const logits = linear(made, input('direction', 'float32', [1, 4]));
    return summed(this.sides.generator(reshape(logits, ['batch']), rows));
  }
}

const models: Readonly<Record<string, () => Trainable>> = {
  dense: () => new DenseClassifier(),
  'info-nce': () => new Towers((a, b, temperature) => infoNce(a, b, { temperature, mask: rows })),
  'symmetric-info-nce': () =>
    new Towers(
      (a, b, temperature) => symmetricInfoNce(a, b, { temperature, mask: rows }),
      new Parameter([], ones),
    ),
  'nt-xent': () => new Towers((a, b, temperature) => ntXent(a, b, { temperature, mask: rows })),
  margin: () => new Towers((a, b) => marginContrastive(a, b, same, { margin: 2, mask: rows })),
  ...Object.fromEntries(
    Object.entries(adversarialLosses).flatMap(([kind, sides]) => [
      [`${kind}-discriminator`, () => new Discriminator(sides)],
      [`${kind}-generator`, () => new Generator(sides)],
    ]),
  ),
};

describe.each(Object.entries(models))('%s', (name, model) => {
  it.each(precisions)('ten steps of Adam, as PyTorch, in %s', (precision) =>
    checkTenSteps({ name: `loss_training/${name}`, model }, precision),
  );
});
