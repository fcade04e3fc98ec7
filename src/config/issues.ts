import { z } from 'zod';
import { suggestion } from './nearest.js';
import { configSchemas, type TaskName } from './schema.js';
import { tuneSchema } from './tuneSchema.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with a configuration, in one sentence or two, and the path of the key. */
export function describeIssue(issue: Issue, task: TaskName, parent: Path = []): { path: Path; text: string } {
  const path = [...parent, ...issue.path];
  const key = path.length > 0 ? path.join('.') : 'the configuration';
  switch (issue.code) {
    case 'unrecognized_keys': {
      const wrong = issue.keys[0]!;
      const full = [...path, wrong];
      const known = keysAt(task, path);
      if (known.includes(wrong)) {
        const others = Object.keys(issue.input as object).filter((name) => !issue.keys.includes(name));
        return {
          path: full,
          text: `${full.join('.')} does not go with ${others.join(', ')} there; remove one of them.`,
        };
      }
      return { path: full, text: `${full.join('.')} is not a known key.${suggestion(wrong, known)}` };
    }
    case 'invalid_union':
      return describeUnion(issue, task, path, key);
    case 'invalid_value': {
      const names = issue.values.map(String);
      const hint =
        typeof issue.input === 'string'
          ? suggestion(issue.input, names)
          : ` Valid here: ${names.join(', ')}.`;
      return { path, text: `${key} ${given(issue.input)}.${hint}` };
    }
    case 'invalid_type':
      return { path, text: `${key} ${given(issue.input)}; it must be ${typeName(issue.expected)}.` };
    case 'too_small':
    case 'too_big':
      return { path, text: `${key} ${given(issue.input)}; it must ${limit(issue)}.` };
    default:
      return { path, text: `${key} ${issue.message}.` };
  }
}

function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  task: TaskName,
  path: Path,
  key: string,
): { path: Path; text: string } {
  if (issue.errors.length === 0) {
    const { options } = issue as { options?: readonly unknown[] };
    const names = (options ?? []).filter((option) => option !== undefined).map(String);
    const value = (issue.input as Record<string, unknown> | undefined)?.[String(path.at(-1))];
    const hint = typeof value === 'string' ? suggestion(value, names) : ` Valid here: ${names.join(', ')}.`;
    return { path, text: `${key} ${given(value)}.${hint}` };
  }
  const branches = issue.errors as Issue[][];
  const types = branches.flatMap(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? [typeName(first.expected)] : [],
  );
  if (types.length === branches.length)
    return { path, text: `${key} ${given(issue.input)}; it must be ${[...new Set(types)].join(' or ')}.` };
  const foreign = branches.map(foreignKeys);
  const lacking = branches.filter(([first]) => first && first.input === undefined && first.path.length === 1);
  if (lacking.length === branches.length && new Set(foreign).size === 1) {
    const names = lacking.map(([first]) => String(first!.path[0]));
    const [unknown] = Object.keys((issue.input ?? {}) as object);
    const hint = unknown === undefined ? '' : suggestion(unknown, names);
    return { path, text: `${key} needs one of the keys ${names.join(', ')}.${hint}` };
  }
  // The form that was probably meant: the one that knows most of the keys, and then has the least wrong.
  const order = branches.map((branch, i) => ({ branch, foreign: foreign[i]! }));
  order.sort((a, b) => a.foreign - b.foreign || a.branch.length - b.branch.length);
  return describeIssue(order[0]!.branch[0]!, task, path);
}

/** How many of the given keys a form of a union does not have. */
function foreignKeys(issues: readonly Issue[]): number {
  return issues.reduce((sum, each) => sum + (each.code === 'unrecognized_keys' ? each.keys.length : 0), 0);
}

function given(input: unknown): string {
  if (input === undefined) return 'is missing';
  const text = JSON.stringify(input);
  return `is ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    object: 'a group of keys',
    record: 'a group of keys',
    array: 'a list',
  };
  return names[expected] ?? expected;
}

function limit(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.origin === 'array') return 'have at least one entry';
  if (issue.origin === 'string') return 'not be empty';
  if (issue.code === 'too_small') return `be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
  return `be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
}

/** A part of the configuration's JSON schema. */
export interface SchemaPart {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: SchemaPart;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  /** What keys of any name hold; false where there are none. */
  readonly additionalProperties?: SchemaPart | false;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaPart[];
  readonly oneOf?: readonly SchemaPart[];
}

/** The JSON schema of a task's configurations: for messages, help and editors. */
export function configJsonSchema(task: TaskName): SchemaPart {
  const [own, tune] = [configSchemas[task], tuneSchema].map(
    (schema) => z.toJSONSchema(schema, { io: 'input' }) as SchemaPart,
  );
  return { ...own, properties: { ...own!.properties, tune: tune! } };
}

/** The forms that a part can have. */
export function formsOf(part: SchemaPart): readonly SchemaPart[] {
  return part.anyOf ?? part.oneOf ?? [part];
}

function keysAt(task: TaskName, path: Path): string[] {
  let parts: readonly SchemaPart[] = [configJsonSchema(task)];
  for (const name of path)
    parts = parts
      .flatMap(formsOf)
      .flatMap((part) => part.properties?.[String(name)] ?? (part.additionalProperties || []));
  return [...new Set(parts.flatMap(formsOf).flatMap((part) => Object.keys(part.properties ?? {})))];
}
