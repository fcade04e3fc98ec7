import { z } from 'zod';
import { suggestion } from '../metrics/nearest.js';
import { configSchemas, taskNames, type TaskName } from './schema.js';
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
      const group = issue.input as Readonly<Record<string, unknown>>;
      const text =
        ofAnotherForm(task, path, wrong, group) ??
        ofAnotherTask(task, full, group[wrong]) ??
        `${full.join('.')} is not a known key.${suggestion(wrong, keysAt(task, path))}`;
      return { path: full, text };
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

/** What is said of a key that its group has in another form; undefined where no form of it has one. */
function ofAnotherForm(
  task: TaskName,
  path: Path,
  wrong: string,
  group: Readonly<Record<string, unknown>>,
): string | undefined {
  const forms = formsAt(task, path);
  const having = forms.filter((form) => form.properties?.[wrong]);
  if (having.length === 0) return undefined;
  const full = [...path, wrong].join('.');
  const told = (['type', 'task'] as const).find((key) =>
    forms.every((form) => form.properties?.[key]?.const),
  );
  if (told === undefined) {
    const others = Object.keys(group).filter((name) => name !== wrong);
    return `${full} does not go with ${others.join(', ')} there; remove one of them.`;
  }
  const usual = forms.map((form) => form.properties![told]!.default).find((name) => name !== undefined);
  const chosen = group[told] === undefined ? `${String(usual)}, its default` : String(group[told]);
  const names = having.map((form) => String(form.properties![told]!.const)).join(', ');
  return `${full} does not go with the ${told} ${chosen}, but with ${names}. Remove it, or change ${[...path, told].join('.')}.`;
}

/** What is said of a key that configurations of other tasks have; undefined where none has it. */
function ofAnotherTask(task: TaskName, full: readonly PropertyKey[], value: unknown): string | undefined {
  const inner = innerPaths(value);
  const tasksWith = (paths: readonly Path[]) =>
    taskNames.filter((name) =>
      paths.every((path) => keysAt(name, path.slice(0, -1)).includes(String(path.at(-1)))),
    );
  const all = tasksWith(inner.map((path) => [...full, ...path]));
  const names = all.length > 0 ? all : tasksWith([full]);
  if (names.length === 0) return undefined;
  const key = (all.length > 0 && inner.length === 1 ? [...full, ...inner[0]!] : full).join('.');
  const owners = `the task${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  const [first] = full;
  const remedy =
    task === 'multi-task' && keysAt(task, ['tasks', '']).includes(String(first))
      ? `Each of tasks has its own: tasks.<name>.${String(first)}.`
      : 'Remove it, or change task.';
  return `${key} is a key of ${owners}, not of ${task}. ${remedy}`;
}

/** The paths of the values within a value; the empty one where it is no group of keys. */
function innerPaths(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[]];
  const paths = Object.entries(value).flatMap(([key, each]) =>
    innerPaths(each).map((path) => [key, ...path]),
  );
  return paths.length > 0 ? paths : [[]];
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
    tuple: 'a list',
  };
  return names[expected] ?? expected;
}

function limit(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.origin === 'array') {
    const [word, number] =
      issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
    return `have ${word} ${number === 1 ? 'one entry' : `${number} entries`}`;
  }
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
  /** Of a list of so many. */
  readonly prefixItems?: readonly SchemaPart[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  /** What keys of any name hold; false where there are none. */
  readonly additionalProperties?: SchemaPart | false;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaPart[];
  readonly oneOf?: readonly SchemaPart[];
}

const jsonSchemas = new Map<TaskName, SchemaPart>();

/** The JSON schema of a task's configurations: for messages, help and editors. */
export function configJsonSchema(task: TaskName): SchemaPart {
  const known = jsonSchemas.get(task);
  if (known) return known;
  const [own, tune] = [configSchemas[task], tuneSchema].map(
    (schema) => z.toJSONSchema(schema, { io: 'input' }) as SchemaPart,
  );
  const schema = { ...own, properties: { ...own!.properties, tune: tune! } };
  jsonSchemas.set(task, schema);
  return schema;
}

/** The forms that a part can have. */
export function formsOf(part: SchemaPart): readonly SchemaPart[] {
  return part.anyOf ?? part.oneOf ?? [part];
}

/** The forms that the group of keys at a path can have. */
function formsAt(task: TaskName, path: Path): readonly SchemaPart[] {
  let parts: readonly SchemaPart[] = [configJsonSchema(task)];
  for (const name of path)
    parts = parts
      .flatMap(formsOf)
      .flatMap((part) => part.properties?.[String(name)] ?? (part.additionalProperties || []));
  return parts.flatMap(formsOf);
}

function keysAt(task: TaskName, path: Path): string[] {
  return [...new Set(formsAt(task, path).flatMap((part) => Object.keys(part.properties ?? {})))];
}
