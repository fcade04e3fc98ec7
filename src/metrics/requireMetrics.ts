import { UserError } from '../tensor/errors.js';
import { suggestion } from './nearest.js';

/** @throws UserError for a name that is none of the known metrics: `Evaluator has no metric 'BLEU'. Did you mean 'bleu'? …` */
export function requireMetrics(owner: string, known: readonly string[], asked: readonly string[]): void {
  const wrong = asked.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new UserError(`${owner} has no metric '${wrong}'.${suggestion(wrong, known)}`);
}
