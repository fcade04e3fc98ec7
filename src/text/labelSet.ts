import { UserError } from '../tensor/errors.js';
import { compareCodePoints } from './vocabulary.js';

/** The names of classes or tags; a class is known by its index. */
export class LabelSet {
  private readonly ids: ReadonlyMap<string, number>;

  /** @param names in the order of their ids, which start at 0. @throws UserError when a name occurs twice, or there is none. */
  constructor(readonly names: readonly string[]) {
    this.ids = new Map(names.map((name, id) => [name, id]));
    if (names.length === 0) throw new UserError('labels: there are none. Give the data some.');
    if (this.ids.size < names.length) {
      const twice = names.find((name, id) => this.ids.get(name) !== id);
      throw new UserError(`labels: ${JSON.stringify(twice)} occurs twice.`);
    }
  }

  /** The labels of the data that are trained on, ordered by code point, whatever the order of the examples. */
  static build(labels: Iterable<string>): LabelSet {
    return new LabelSet([...new Set(labels)].sort(compareCodePoints));
  }

  get size(): number {
    return this.names.length;
  }

  /**
   * The id of a label.
   * @param origin where it stands, for the message.
   * @throws UserError naming the labels that are known.
   */
  idOf(name: string, origin: string): number {
    const id = this.ids.get(name);
    if (id !== undefined) return id;
    const shown = this.names.slice(0, 20).join(', ');
    const rest = this.size > 20 ? `, … (${this.size} in all)` : '';
    throw new UserError(
      `${origin}: the label ${JSON.stringify(name)} does not occur in the training data, which has ${shown}${rest}. Give the training part examples of it (data.split.stratify spreads classes over the parts), or leave it out.`,
    );
  }
}
