import { Document, Pair, Scalar, YAMLMap, type Node } from 'yaml';

/** A value of a configuration. */
export type Plain =
  string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** A key with its value, or a group of keys, and why it is so in words for people. */
export interface Entry {
  readonly key: string;
  readonly value: Plain | readonly Entry[];
  readonly group: boolean;
  readonly why: string | undefined;
}

/** A key with a value. */
export function entry(key: string, value: Plain, why: string): Entry {
  return { key, value, group: false, why };
}

/** A key with keys inside; undefined ones are left out. */
export function group(key: string, entries: readonly (Entry | undefined)[], why?: string): Entry {
  return { key, value: entries.filter((each) => each !== undefined), group: true, why };
}

/** Columns of a line: longer comments go before their key. */
const WIDTH = 110;

/** Entries as YAML: a reason stands behind its value, or where that is too long before the key. */
export function formatCommented(entries: readonly (Entry | undefined)[], head: readonly string[]): string {
  const document = new Document(
    mapOf(
      entries.filter((each) => each !== undefined),
      0,
    ),
  );
  document.commentBefore = head.map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0 });
}

function mapOf(entries: readonly Entry[], depth: number): YAMLMap {
  const map = new YAMLMap();
  for (const { key, value, group: isGroup, why } of entries) {
    const name = new Scalar(key);
    const node = isGroup ? mapOf(value as readonly Entry[], depth + 1) : flowNode(value as Plain);
    map.add(new Pair(name, node));
    if (why === undefined) continue;
    const line = isGroup ? WIDTH + 1 : 2 * depth + `${key}: ${shown(node)} # ${why}`.length;
    if (line <= WIDTH) node.comment = ` ${why}`;
    else name.commentBefore = wrapped(why, WIDTH - 2 * depth - 2);
  }
  return map;
}

/** Lists and groups of values on one line. */
function flowNode(value: Plain): Node & { comment?: string | null } {
  const node = new Document().createNode(value, { flow: true }) as Node;
  return node;
}

function shown(node: Node): string {
  return new Document(node).toString({ lineWidth: 0 }).trim();
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => ` ${line}`).join('\n');
}
