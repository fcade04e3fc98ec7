import { packRows } from '../ops/gather.js';
import { reshape } from '../ops/shape.js';
import { product } from '../tensor/dim.js';
import { input, type Tensor } from '../tensor/tensor.js';

/** Labels of some tokens of a batch of sources, as named graph inputs. */
export interface TokenLabels {
  /** [tokens] int32: positions b·sourceTime + t of the labelled tokens. */
  readonly rows: Tensor;
  /** [batch·sourceTime] int32: 1 + index into `rows`, 0 at the others. */
  readonly slots: Tensor;
  /** [tokens] int32. */
  readonly labels: Tensor;
}

/** The inputs `name`, `nameRows` and `nameSlots`; the dim of the labelled tokens is called `name` too. */
export function tokenLabelInputs(name: string): TokenLabels {
  return {
    rows: input(`${name}Rows`, 'int32', [name]),
    slots: input(`${name}Slots`, 'int32', ['batch*sourceTime']),
    labels: input(name, 'int32', [name]),
  };
}

/** The features of the labelled tokens alone, so that nothing is computed for others: [batch, source, D] → [tokens, D]. */
export function labelledTokens(
  features: Tensor,
  { rows, slots }: Pick<TokenLabels, 'rows' | 'slots'>,
): Tensor {
  const [batch, time, size] = features.shape;
  return packRows(reshape(features, [product([batch!, time!]), size!]), rows, slots);
}
