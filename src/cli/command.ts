import { parseArgs } from 'node:util';
import { nearestName } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';

/** An option of a command, for parsing and for its help. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** One letter that may be typed in place of the name: `-o`. */
  readonly short?: string;
  /** Stands for the value in the help: `--beam K`. */
  readonly value?: string;
  readonly description: string;
}

/** What was typed after a command's name. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** The value of an option with one. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  /** Whether the option was typed. */
  given(name: string): boolean;
  flag(name: string): boolean;
  /** @throws UserError unless it is a whole number from 1. */
  count(name: string): number | undefined;
  /** @throws UserError unless it is a number. */
  number(name: string): number | undefined;
}

/** A command of the program, one file each. */
export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The form of its positionals: `RUN [TEXT …]`. */
  readonly operands: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly string[];
  /** Further help, made on demand. */
  readonly details?: () => string;
  /** Help on what was typed behind `--help`: `train --help model.encoder`. @throws UserError where there is none. */
  readonly topic?: (name: string) => string;
  /** Resolves to the exit code where it is not 0. @throws UserError when the input is wrong. */
  run(args: Arguments): Promise<number | undefined>;
}

/** `--set`, of the commands that read a configuration. */
export const setOption: Option = {
  type: 'string',
  multiple: true,
  value: 'KEY=VALUE',
  description: 'replace a value of the configuration, null: its default; may be repeated',
};

const help: Option = { type: 'boolean', description: 'show this help' };

/** Runs a command on what was typed after its name. */
export async function runCommand(command: Command, typed: readonly string[]): Promise<number> {
  const args = parse(command, typed);
  if (args.flag('help')) {
    // Only what follows: a file that stood before it is no topic.
    const topic = typed[typed.indexOf('--help') + 1];
    const asked = command.topic && topic !== undefined && !topic.startsWith('-');
    process.stdout.write(asked ? command.topic(topic) : commandHelp(command));
    return 0;
  }
  return (await command.run(args)) ?? 0;
}

function parse(command: Command, typed: readonly string[]): Arguments {
  const options: Readonly<Record<string, Option>> = { ...command.options, help };
  let parsed;
  try {
    parsed = parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple = false, short }]) => [
          name,
          { type, multiple, ...(short !== undefined && { short }) },
        ]),
      ),
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    const wrong = /'(--?[^' ]+)/.exec(message)?.[1];
    const near =
      wrong && code.endsWith('UNKNOWN_OPTION')
        ? nearestName(wrong.replace(/^-+/, ''), Object.keys(options))
        : undefined;
    const problem = code.endsWith('UNKNOWN_OPTION')
      ? `unknown option '${wrong ?? ''}'.`
      : `${firstSentence(message)}.`;
    throw new UserError(
      `${command.name}: ${problem}${near ? ` Did you mean '--${near}'?` : ''} See: heddle ${command.name} --help`,
    );
  }
  const { values, positionals } = parsed;
  const text = (name: string) => values[name] as string | undefined;
  return {
    positionals,
    text,
    texts: (name) => (values[name] ?? []) as string[],
    given: (name) => values[name] !== undefined,
    flag: (name) => values[name] === true,
    count(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^[1-9]\d*$/.test(value))
        throw new UserError(`--${name} is '${value}'; it must be a whole number from 1.`);
      return Number(value);
    },
    number(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (value.trim() === '' || !Number.isFinite(Number(value)))
        throw new UserError(`--${name} is '${value}'; it must be a number.`);
      return Number(value);
    },
  };
}

function firstSentence(message: string): string {
  return message.split(/\.(?:\s|$)/, 1)[0]!;
}

/** The first positional. @throws UserError when it is missing. */
export function requireOperand(command: Command, args: Arguments, what: string): string {
  const [operand] = args.positionals;
  if (operand === undefined)
    throw new UserError(`${command.name}: ${what} is missing. For example: ${command.examples[0]}`);
  return operand;
}

/** @throws UserError when more was typed than the command takes. */
export function requireNoMore(command: Command, args: Arguments, count: number): void {
  const more = args.positionals[count];
  if (more !== undefined)
    throw new UserError(
      `${command.name}: '${more}' is one argument too many. See: heddle ${command.name} --help`,
    );
}

/** An argument as a shell takes it. */
export function quoted(text: string): string {
  if (/^[\w.,:=/+-]+$/.test(text)) return text;
  // A tab that is typed or pasted would not reach the program.
  return text.includes('\t')
    ? `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll('\t', '\\t')}'`
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

function commandHelp(command: Command): string {
  const rows = Object.entries({ ...command.options, help }).map(
    ([name, { value, short, description }]) =>
      [`--${name}${value ? ` ${value}` : ''}${short ? ` (-${short})` : ''}`, description] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    command.summary,
    '',
    `Usage: heddle ${command.name} ${command.operands}`,
    '',
    'Options:',
    ...rows.map(([flag, description]) => `  ${flag.padEnd(width)}  ${description}`),
    '',
    command.examples.length > 1 ? 'Examples:' : 'Example:',
    ...command.examples.map((example) => `  ${example}`),
    ...(command.details ? ['', command.details()] : []),
    '',
  ].join('\n');
}
