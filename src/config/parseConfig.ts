import { isMap, isNode, LineCounter, parseDocument, stringify, type Document } from 'yaml';
import { UserError } from '../tensor/errors.js';
import { describeIssue } from './issues.js';
import { configSchema, type Config } from './schema.js';

/**
 * Reads a configuration and fills in its defaults.
 * @param file its name, for messages.
 * @param overrides values that replace those of the text: `training.steps=100`, the value in YAML.
 * @throws UserError naming the file, the line, the key, what was given and what is expected.
 */
export function parseConfig(text: string, file: string, overrides: readonly string[] = []): Config {
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

  const result = configSchema.safeParse(document.toJS(), { reportInput: true });
  if (result.success) return result.data;
  const issue = describeIssue(result.error.issues[0]!);
  const key = issue.path.join('.');
  const override = overrides.find((each) => `${key}.`.startsWith(`${keyOf(each)}.`));
  if (override !== undefined) throw new UserError(`--set ${override}: ${issue.text}`);
  const line = lineOf(document, lines, issue.path);
  throw new UserError(`${file}: ${line === undefined ? '' : `line ${line}: `}${issue.text}`);
}

/** The configuration as YAML; {@link parseConfig} reads the same from it. */
export function formatConfig(config: Config): string {
  return stringify(config, { lineWidth: 110 });
}

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
  document.setIn(path, document.createNode(value.toJS()));
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
