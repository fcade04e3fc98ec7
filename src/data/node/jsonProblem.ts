/** What is wrong with a text that is no JSON. */
export interface JsonProblem {
  /** Where, in UTF-16 units from 0. */
  readonly at: number;
  /** `"N" where a value should be` */
  readonly reason: string;
}

/** What may come next, in words. */
const expectations = {
  value: 'a value',
  firstItem: 'a value or ]',
  key: 'a key in double quotes',
  firstKey: 'a key in double quotes or }',
  colon: 'a colon',
  nextItem: 'a comma or ]',
  nextKey: 'a comma or }',
  end: 'the end of the line',
} as const;
type Expected = keyof typeof expectations;

const space = /[ \t\r\n]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const word = /[\p{L}\p{N}_]+|./suy;
const escaped = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** Letters of a text that a message shows. */
const SHOWN = 20;

/**
 * The first place where a text stops being JSON (RFC 8259), since what engines say of it names no place, or repeats the
 * text. Brackets that are open lie on a stack of their own, so that no depth is too deep.
 * @returns undefined where the text is JSON.
 */
export function jsonProblem(text: string): JsonProblem | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  const afterValue = (): Expected => {
    const inside = open.at(-1);
    if (inside === undefined) return 'end';
    return inside === '{' ? 'nextKey' : 'nextItem';
  };
  for (let at = endOf(space, text, 0); ; at = endOf(space, text, at)) {
    const sign = text[at];
    if (sign === undefined)
      return expected === 'end'
        ? undefined
        : { at, reason: `it ends where ${expectations[expected]} should be` };
    const closes =
      (sign === ']' && (expected === 'firstItem' || expected === 'nextItem')) ||
      (sign === '}' && (expected === 'firstKey' || expected === 'nextKey'));
    const isKey: boolean = expected === 'key' || expected === 'firstKey';
    const isValue: boolean = expected === 'value' || expected === 'firstItem';
    if (closes) {
      open.pop();
      expected = afterValue();
      at++;
    } else if (sign === '"' && (isKey || isValue)) {
      const end = endOfText(text, at);
      if (typeof end !== 'number') return end;
      expected = isKey ? 'colon' : afterValue();
      at = end;
    } else if ((sign === '{' || sign === '[') && isValue) {
      open.push(sign);
      expected = sign === '{' ? 'firstKey' : 'firstItem';
      at++;
    } else if (sign === ':' && expected === 'colon') {
      expected = 'value';
      at++;
    } else if (sign === ',' && (expected === 'nextKey' || expected === 'nextItem')) {
      expected = expected === 'nextKey' ? 'key' : 'value';
      at++;
    } else {
      const end = isValue ? endOf(scalar, text, at) : at;
      if (end === at) return { at, reason: `${shown(text, at)} where ${expectations[expected]} should be` };
      expected = afterValue();
      at = end;
    }
  }
}

/** Where the pattern's match at a place ends; the place itself where it does not match. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Where a text in quotes ends, or what is wrong with it. */
function endOfText(text: string, start: number): number | JsonProblem {
  for (let at = start + 1; at < text.length;) {
    const sign = text[at]!;
    if (sign === '"') return at + 1;
    if (sign < ' ') return { at, reason: `${codePoint(sign)} inside a text, where it must be escaped` };
    const end = sign === '\\' ? endOf(escaped, text, at) : at + 1;
    if (end === at) return { at, reason: `"${text.slice(at, at + 2)}", which is no escape` };
    at = end;
  }
  return { at: start, reason: 'a text whose closing quote is missing' };
}

/** The word or the sign at a place, in quotes. */
function shown(text: string, at: number): string {
  const found = text.slice(at, endOf(word, text, at));
  if (found === '"') return 'a text';
  if (found < ' ') return codePoint(found);
  return `"${found.slice(0, SHOWN)}${found.length > SHOWN ? '…' : ''}"`;
}

function codePoint(sign: string): string {
  return `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
