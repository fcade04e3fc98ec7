/**
 * One dimension: a number known while tracing, or a name ('batch', 'time') whose size each run decides. A product of
 * dims is written canonically: an optional factor, then the names in order, joined by '*' ('2*batch*time').
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

function parse(dim: Dim): { factor: number; names: string[] } {
  if (typeof dim === 'number') return { factor: dim, names: [] };
  const parts = dim.split('*');
  const factor = Number(parts[0]);
  return Number.isNaN(factor) ? { factor: 1, names: parts } : { factor, names: parts.slice(1) };
}

/** The product of dims, in canonical form, so that equal products compare equal. */
export function product(dims: Shape): Dim {
  let factor = 1;
  const names: string[] = [];
  for (const dim of dims) {
    const parsed = parse(dim);
    factor *= parsed.factor;
    names.push(...parsed.names);
  }
  if (names.length === 0) return factor;
  names.sort();
  return factor === 1 ? names.join('*') : `${factor}*${names.join('*')}`;
}

/** The factors of a dim: its number (1 if none) and its names. */
export function factors(dim: Dim): { factor: number; names: readonly string[] } {
  return parse(dim);
}

export function isStatic(dim: Dim): dim is number {
  return typeof dim === 'number';
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** `[batch, time, 256]` */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The size of a dim once its names have sizes. @throws Error when a name has none. */
export function evaluateDim(dim: Dim, sizes: Readonly<Record<string, number>>): number {
  const { factor, names } = parse(dim);
  return names.reduce((size, name) => {
    const value = sizes[name];
    if (value === undefined) throw new Error(`The dimension '${name}' has no size here.`);
    return size * value;
  }, factor);
}
