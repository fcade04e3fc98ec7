import { configJsonSchema, formsOf, type SchemaPart } from './issues.js';
import { taskNames, usualTask } from './schema.js';

interface Row {
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
  /** Which forms of its group have the key; empty where the group has one form. */
  readonly forms: readonly string[];
}

/**
 * Every key of a configuration: its path, what it may be, its meaning and its default, a line each; under a heading the
 * keys that all tasks have, then those of each task.
 */
export function configReference(): string {
  const sections = allSections();
  const rows = sections.flatMap((section) => section.rows);
  const widths = {
    path: Math.max(...rows.map((row) => row.path.length)),
    // Longer lists of names stand out of the column.
    type: Math.max(...rows.map((row) => row.type.length).filter((length) => length <= 30)),
  };
  const line = ({ path, type, meaning, forms }: Row) => {
    const notes = [meaning, forms.length > 0 ? `with ${forms.join(', ')}` : ''].filter(Boolean).join('; ');
    return `  ${path.padEnd(widths.path)}  ${type.padEnd(widths.type)}  ${notes}`.trimEnd();
  };
  return sections.map(({ title, rows: own }) => [`${title}:`, ...own.map(line)].join('\n')).join('\n\n');
}

function allSections(): { title: string; rows: Row[] }[] {
  const byTask = taskNames.map((task) => ({
    task,
    rows: merge(rowsOf(configJsonSchema(task), { path: '', forms: [] })).filter(
      ({ path }) => path !== 'task',
    ),
  }));
  const keyOf = (row: Row) => JSON.stringify(row);
  const own = byTask.map(({ rows }) => new Set(rows.map(keyOf)));
  const inAll = new Set([...own[0]!].filter((key) => own.every((keys) => keys.has(key))));
  const [name, ...shared] = byTask[0]!.rows.filter((row) => inAll.has(keyOf(row)));
  const task = {
    path: 'task',
    type: taskNames.join(' | '),
    meaning: `what the model is to do; default ${usualTask}`,
    forms: [],
  };
  return [
    { title: 'All tasks', rows: [name!, task, ...shared] },
    ...byTask.map(({ task: title, rows }) => ({
      title: `Task ${title}`,
      rows: rows.filter((row) => !inAll.has(keyOf(row))),
    })),
  ];
}

/** Where a group of keys stands. */
interface Place {
  readonly path: string;
  /** The form of the group that is described, where it has several. */
  readonly forms: readonly string[];
  /** The type that the group has by default. */
  readonly defaultType?: unknown;
  /** The nearest group around that may be left out. */
  readonly optionalGroup?: string;
}

/** Stands for keys whose names the configuration chooses. */
const ANY = '<name>';

function keysOf({ properties, additionalProperties: any }: SchemaPart): Readonly<Record<string, SchemaPart>> {
  return { ...properties, ...(any && { [ANY]: any }) };
}

function rowsOf(part: SchemaPart, place: Place): Row[] {
  const { path, forms } = place;
  return Object.entries(keysOf(part)).flatMap(([name, child]): Row[] => {
    const full = path ? `${path}.${name}` : name;
    const choices = formsOf(child);
    const required = name === ANY || part.required?.includes(name);
    if (choices.some((choice) => Object.keys(keysOf(choice)).length > 0))
      return choices.flatMap((choice) =>
        rowsOf(choice, {
          path: full,
          forms: choices.length > 1 ? [formName(choice)] : forms,
          defaultType:
            (child.default as { type?: unknown } | undefined)?.type ??
            choices.map(({ properties }) => properties?.['type']?.default).find((type) => type !== undefined),
          optionalGroup: required || child.default !== undefined ? place.optionalGroup : full,
        }),
      );
    // What tells a form from the others goes without saying so.
    const telling = forms.length === 1 && (name === forms[0] || child.const === forms[0]);
    const standard = telling && name === 'type' ? place.defaultType : child.default;
    const need = place.optionalGroup ? `required where ${place.optionalGroup} is given` : 'required';
    const meaning = [
      child.description,
      standard === undefined ? '' : `default ${shown(standard)}`,
      required && !telling ? need : '',
    ]
      .filter(Boolean)
      .join('; ');
    return [{ path: full, type: typeOf(child), meaning, forms: telling ? [] : forms }];
  });
}

/** One row where several forms have the same key: of the same meaning, or of a value each (`type`). */
function merge(rows: readonly Row[]): Row[] {
  const merged: Row[] = [];
  for (const row of rows) {
    const at = merged.findIndex(({ path, meaning }) => path === row.path && meaning === row.meaning);
    const same = merged[at];
    if (!same) merged.push(row);
    else {
      const type = same.type === row.type ? row.type : `${same.type} | ${row.type}`;
      merged[at] = { ...same, type, forms: [...same.forms, ...row.forms] };
    }
  }
  return merged;
}

/** What tells a form from the others: the value of its type or task, or the key that it must have. */
function formName(form: SchemaPart): string {
  const type = form.properties?.['type']?.const ?? form.properties?.['task']?.const;
  return type === undefined ? (form.required?.[0] ?? '') : shown(type);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function typeOf(part: SchemaPart): string {
  if (part.const !== undefined) return shown(part.const);
  if (part.enum) return part.enum.map(shown).join(' | ');
  if (part.anyOf) return part.anyOf.map(typeOf).join(' | ');
  if (part.type === 'array') return `list of ${typeOf(part.items ?? {})}`;
  if (part.type === 'string') return 'text';
  if (part.type === 'boolean') return 'true | false';
  if (part.type === undefined) return 'value';
  const above =
    part.minimum !== undefined
      ? ` ≥ ${part.minimum}`
      : part.exclusiveMinimum !== undefined
        ? ` > ${part.exclusiveMinimum}`
        : '';
  const below = part.exclusiveMaximum !== undefined ? `, < ${part.exclusiveMaximum}` : '';
  return `${part.type === 'integer' ? 'whole number' : 'number'}${above}${below}`;
}
