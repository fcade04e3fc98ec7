import { isMap, isNode, LineCounter, parseDocument, stringify, type Document } from 'yaml';
import type { z } from 'zod';
import { suggestion } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';
import { describeIssue } from './issues.js';
import { configSchemas, taskNames, usualTask, type Config, type TaskName } from './schema.js';
import { tuneSchema, type TuneConfig } from './tuneSchema.js';

/**
 * Reads a configuration and fills in its defaults.
 * @param file its name, for messages.
 * @param overrides values that replace those of the text: `training.steps=100`, the value in YAML; `null` takes a key
 * out. Steps take the place of epochs, a batch size that of batch tokens, and the other way round.
 * @throws UserError naming, for each mistake, the file, the line, the key, what was given and what is expected.
 */
export function parseConfig(text: string, file: string, overrides: readonly string[] = []): Config {
  return parseParts(text, file, overrides).config;
}

/**
 * What a configuration says under `tune`, which is no part of what one run is.
 * @throws UserError as {@link parseConfig}, and when there is no such key.
 */
export function parseTune(text: string, file: string, overrides: readonly string[] = []): TuneConfig {
  const { tune } = parseParts(text, file, overrides);
  if (tune) return tune;
  throw new UserError(
    `${file}: has no key tune, which says what to search. Add one, such as tune: { space: { training.optimizer.learningRate: { logUniform: [1e-4, 1e-2] } } }.`,
  );
}

function parseParts(
  text: string,
  file: string,
  overrides: readonly string[],
): { config: Config; tune: TuneConfig | undefined } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new UserError(
      `${file}: line ${line}, column ${col}: not valid YAML (${error.message}). Correct it.`,
    );
  }
  if (document.contents === null)
    throw new UserError(`${file}: the configuration is empty. Give at least data.`);
  for (const override of overrides) applyOverride(document, override);

  const task = taskOf(document, lines, { file, overrides });
  const content = contentOf(document, file);
  const { tune, ...run } = (isMap(document.contents) ? content : {}) as Record<string, unknown>;
  const config = configSchemas[task].safeParse(isMap(document.contents) ? run : content, {
    reportInput: true,
  });
  const searched = tuneSchema.optional().safeParse(tune, { reportInput: true });
  if (config.success && searched.success) return { config: config.data, tune: searched.data };
  const issues = [
    ...issuesOf(config).map((found) => describeIssue(found, task)),
    ...issuesOf(searched).map((found) => describeIssue(found, task, ['tune'])),
  ];
  const problems = issues.map((issue) => {
    const override = blamed(overrides, issue);
    if (override !== undefined) return `--set ${override}: ${issue.text}`;
    const line = lineOf(document, lines, issue.path);
    return `${file}: ${line === undefined ? '' : `line ${line}: `}${issue.text}`;
  });
  throw new UserError(problems.join('\n'));
}

/** The task that a configuration names. */
function taskOf(
  document: Document,
  lines: LineCounter,
  { file, overrides }: { file: string; overrides: readonly string[] },
): TaskName {
  const task: unknown = (isMap(document.contents) ? document.get('task') : undefined) ?? usualTask;
  const known = taskNames.find((name) => name === task);
  if (known) return known;
  const problem = `task is ${JSON.stringify(task)}.${suggestion(String(task), taskNames)}`;
  const override = overrides.find((each) => keyOf(each) === 'task');
  throw new UserError(
    override === undefined
      ? `${file}: line ${lineOf(document, lines, ['task'])}: ${problem}`
      : `--set ${override}: ${problem}`,
  );
}

/** The configuration as YAML; {@link parseConfig} reads the same from it. */
export function formatConfig(config: Config): string {
  return stringify(config, { lineWidth: 110 });
}

function issuesOf({ error }: z.ZodSafeParseResult<unknown>): z.core.$ZodIssue[] {
  return (error?.issues ?? []).flatMap(singly);
}

/** An issue for every unknown key, where one stands for several. */
function singly(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

/** The override whose value is wrong, or does not go with what the file says. */
function blamed(
  overrides: readonly string[],
  { path, text }: ReturnType<typeof describeIssue>,
): string | undefined {
  const key = path.join('.');
  return (
    overrides.find((each) => `${key}.`.startsWith(`${keyOf(each)}.`)) ??
    overrides.find((each) => text.split(/[\s,:()]+/).includes(keyOf(each)!))
  );
}

/** Keys that say the same thing in two ways: setting one takes the other's place. */
const rivals: Readonly<Record<string, string>> = {
  'training.steps': 'training.epochs',
  'training.epochs': 'training.steps',
  'training.batchSize': 'training.batchTokens',
  'training.batchTokens': 'training.batchSize',
};

/** What a document says. @param where it stands, for messages. @throws UserError for a `*` that stands for nothing. */
function contentOf(document: Document, where: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UserError(
      `${where}: ${(error as Error).message}. A text that begins with * must stand between quotes.`,
      { cause: error },
    );
  }
}

/** Replaces a value in the document; `null` takes the key out, so that its default holds. */
function applyOverride(document: Document, override: string): void {
  const key = keyOf(override);
  if (key === undefined || !/^[^.]+(\.[^.]+)*$/.test(key))
    throw new UserError(`--set ${override}: not of the form key.path=value, such as training.steps=100.`);
  const value = parseDocument(override.slice(override.indexOf('=') + 1), { prettyErrors: false });
  const [error] = value.errors;
  if (error) throw new UserError(`--set ${override}: the value is not valid YAML (${error.message}).`);
  const path = key.split('.');
  for (let depth = 1; depth < path.length; depth++) {
    const parent = document.getIn(path.slice(0, depth));
    // A key without a value, or a scalar where a group of keys belongs, gives way.
    if (parent !== undefined && !isMap(parent)) document.deleteIn(path.slice(0, depth));
  }
  const replacement = contentOf(value, `--set ${override}`);
  if (replacement === null) {
    document.deleteIn(path);
    return;
  }
  document.setIn(path, document.createNode(replacement));
  const rival = rivals[key];
  if (rival !== undefined) document.deleteIn(rival.split('.'));
}

/** `training.steps` of `training.steps=100`. */
function keyOf(override: string): string | undefined {
  const equals = override.indexOf('=');
  return equals < 0 ? undefined : override.slice(0, equals).trim();
}

/** Where a key stands; for a missing one, where the group stands that lacks it. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => String(key) === String(path[depth - 1]));
    if (!pair) continue;
    const start = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    return start === undefined ? undefined : lines.linePos(start).line;
  }
  return undefined;
}
