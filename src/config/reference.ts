import { nearestName } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';
import { configJsonSchema, formsOf, type SchemaPart } from './issues.js';
import { taskNames, usualTask } from './schema.js';

interface Row {
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
  /** Which forms of its group have the key; empty where the group has one form. */
  readonly forms: readonly string[];
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * Every key of a configuration: its path, what it may be, its meaning and its default, a line each; under a heading the
 * keys that all tasks have, then those of each task.
 * @param part a task, for its keys alone with those of all tasks; or the path of a key, for it and those below it.
 * @throws UserError when there is no such task or key.
 */
export function configReference(part?: string): string {
  const sections = part === undefined ? allSections() : sectionsOf(part);
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

/** The first parts of the paths, a line for all tasks and for each. */
export function configOutline(): string {
  const sections = allSections();
  const width = Math.max(...sections.map(({ title }) => title.length));
  const line = ({ title, rows }: Section) => {
    const first = new Set(rows.map(({ path }) => path.split('.', 1)[0]!));
    return `  ${title.padEnd(width)}  ${[...first].join(', ')}`;
  };
  return sections.map(line).join('\n');
}

/** @throws UserError see {@link configReference}. */
function sectionsOf(part: string): Section[] {
  const sections = allSections();
  const [all] = sections;
  const ofTask = sections.find(({ title }) => title === titleOf([part]));
  if (ofTask) return [all!, ofTask];
  const wanted = part.split('.');
  const within = ({ path }: Row) => {
    const names = path.replaceAll(ITEM, '').split('.');
    return wanted.every((name, i) => names[i] === name || names[i] === ANY);
  };
  const shared = all!.rows.filter(within);
  // What several tasks have is said once.
  const tasksOf = new Map<string, string[]>();
  const rows = new Map<string, Row>();
  sections.slice(1).forEach(({ rows: own }, i) => {
    for (const row of own.filter(within)) {
      const key = JSON.stringify(row);
      rows.set(key, row);
      tasksOf.set(key, [...(tasksOf.get(key) ?? []), taskNames[i]!]);
    }
  });
  const byTasks = new Map<string, Row[]>();
  for (const [key, tasks] of tasksOf) {
    const title = titleOf(tasks);
    byTasks.set(title, [...(byTasks.get(title) ?? []), rows.get(key)!]);
  }
  const found = [
    ...(shared.length > 0 ? [{ title: all!.title, rows: shared }] : []),
    ...[...byTasks].map(([title, own]) => ({ title, rows: own })),
  ];
  if (found.length === 0) throw noSuchPart(part, sections);
  return found;
}

function titleOf(tasks: readonly string[]): string {
  return tasks.length === 1 ? `Task ${tasks[0]!}` : `Tasks ${tasks.join(', ')}`;
}

function noSuchPart(part: string, sections: readonly Section[]): UserError {
  const paths = sections.flatMap(({ rows }) =>
    rows.flatMap(({ path }) => {
      const names = path.split('.');
      return names.map((_, depth) => names.slice(0, depth + 1).join('.'));
    }),
  );
  const near = nearestName(part, [...taskNames, ...new Set(paths)]);
  return new UserError(
    `there is no task and no key of a configuration of the name ${part}.${near ? ` Did you mean '${near}'?` : ''} See: heddle train --help`,
  );
}

function allSections(): Section[] {
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
      title: titleOf([title]),
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

/** Follows a list: what is said of each of its items. */
const ITEM = '[]';

function hasKeys(part: SchemaPart): boolean {
  return Object.keys(keysOf(part)).length > 0;
}

function keysOf({ properties, additionalProperties: any }: SchemaPart): Readonly<Record<string, SchemaPart>> {
  return { ...properties, ...(any && { [ANY]: any }) };
}

function rowsOf(part: SchemaPart, place: Place): Row[] {
  const { path, forms } = place;
  return Object.entries(keysOf(part)).flatMap(([name, child]): Row[] => {
    const full = path ? `${path}.${name}` : name;
    const choices = formsOf(child);
    const required = name === ANY || part.required?.includes(name);
    if (choices.some(hasKeys)) {
      const within = choices.filter(hasKeys);
      const plain = choices.filter((choice) => !hasKeys(choice));
      const meaning = [
        child.description,
        child.default === undefined ? '' : `default ${shown(child.default)}`,
      ];
      return [
        ...(plain.length > 0
          ? [
              {
                path: full,
                type: plain.map(typeOf).join(' | '),
                meaning: meaning.filter(Boolean).join('; '),
                forms,
              },
            ]
          : []),
        ...within.flatMap((choice) =>
          rowsOf(choice, {
            path: full,
            forms: within.length > 1 ? [formName(choice)] : forms,
            defaultType:
              (child.default as { type?: unknown } | undefined)?.type ??
              choices
                .map(({ properties }) => properties?.['type']?.default)
                .find((type) => type !== undefined),
            optionalGroup: required || child.default !== undefined ? place.optionalGroup : full,
          }),
        ),
      ];
    }
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
    const items = formsOf(child.items ?? {}).filter(hasKeys);
    return [
      { path: full, type: typeOf(child), meaning, forms: telling ? [] : forms },
      ...items.flatMap((item) =>
        rowsOf(item, {
          path: `${full}${ITEM}`,
          forms: items.length > 1 ? [formName(item)] : forms,
          optionalGroup: place.optionalGroup,
        }),
      ),
    ];
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
  const choices = part.anyOf ?? part.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' | ');
  if (part.type === 'array') return `list of ${typeOf(part.items ?? part.prefixItems?.[0] ?? {})}`;
  if (hasKeys(part)) return 'groups';
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
