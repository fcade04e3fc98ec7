#!/usr/bin/env node
import { createRequire } from 'node:module';
import { nearestName } from '../metrics/nearest.js';
import { UserError } from '../tensor/errors.js';
import { averageCommand } from './average.js';
import { runCommand, type Command } from './command.js';
import { compareCommand } from './compare.js';
import { crossValidateCommand } from './crossValidate.js';
import { dataCommand } from './data.js';
import { evaluateCommand } from './evaluate.js';
import { findRateCommand } from './findRate.js';
import { initCommand } from './init.js';
import { inspectCommand } from './inspect.js';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';
import { tuneCommand } from './tune.js';

const commands: readonly Command[] = [
  initCommand,
  dataCommand,
  trainCommand,
  averageCommand,
  evaluateCommand,
  compareCommand,
  crossValidateCommand,
  predictCommand,
  inspectCommand,
  findRateCommand,
  tuneCommand,
];

/** The exit code: 0 done, 1 the run failed, 2 the user's input is wrong. */
async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return 0;
  }
  if (name === '--version' || name === '-v') {
    const manifest = createRequire(import.meta.url)('heddle/package.json') as { version: string };
    process.stdout.write(`${manifest.version}\n`);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return runCommand(command, rest);
  const near = nearestName(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw new UserError(
    `unknown command '${name}'.${near ? ` Did you mean '${near}'?` : ''} Commands: ${commands
      .map((candidate) => candidate.name)
      .join(', ')}. See: heddle --help`,
  );
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return `heddle: develop, train, evaluate and ship encoder–decoder models

Usage: heddle COMMAND …

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  heddle COMMAND --help  shows a command's options, with an example
  heddle --version       shows the version

Example:
  heddle train examples/pronounce/quick.yaml
`;
}

/** Errors while writing that the user's input did not cause: the run failed. */
const failures = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function report(error: unknown): number {
  if (!(error instanceof UserError)) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
  process.stderr.write(`heddle: ${error.message}\n`);
  return failures.has((error.cause as NodeJS.ErrnoException | undefined)?.code ?? '') ? 1 : 2;
}

// `heddle predict … | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

main(process.argv.slice(2))
  .catch(report)
  .then(
    (code) => {
      process.exitCode = code;
    },
    () => undefined,
  );
