import { openRun, describeRun } from '../config/node/trainedRun.js';
import type { RunDescription } from '../config/node/taskRun.js';
import { attentionSvg, attentionText } from '../formats/attentionPicture.js';
import { writeFileAtomically } from '../formats/node/files.js';
import { groupDigits } from '../formats/terminal.js';
import { modulesOf, parametersOf } from '../nn/module.js';
import { UserError } from '../tensor/errors.js';
import { requireNoMore, requireOperand, type Command } from './command.js';
import { wantsColor } from './wantsColor.js';
import { withEngine } from './withEngine.js';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Show a model’s layers, shapes and parameter counts, or what it looks at when it answers a text',
  operands: 'RUN [TEXT] [--svg FILE] [--json]',
  options: {
    svg: { type: 'string', value: 'FILE', description: 'with TEXT: write the attention as a picture, too' },
    json: { type: 'boolean', description: 'print one JSON object: the parameters, or the attention weights' },
  },
  examples: ['heddle inspect runs/pronounce', 'heddle inspect runs/pronounce heddle --svg attention.svg'],
  async run(args) {
    const path = requireOperand(inspectCommand, args, 'the run directory');
    requireNoMore(inspectCommand, args, 2);
    const text = args.positionals[1];
    const svg = args.text('svg');
    const json = args.flag('json');
    if (text === undefined) {
      if (svg !== undefined) throw new UserError('inspect: --svg needs a TEXT whose attention it shows.');
      const described = await describeRun(path);
      process.stdout.write(json ? parametersJson(described) : layerTable(described));
      return undefined;
    }
    await withEngine({}, async (engine) => {
      const run = await openRun(path, { engine });
      if (run.task !== 'sequence-to-sequence' || !run.hasAttention)
        throw new UserError(
          `${path}: this model has no attention to a source to show${run.task === 'sequence-to-sequence' ? ' (model.decoder.attention is none)' : ''}.`,
        );
      const example = await run.predictor.attend(text, 'TEXT');
      process.stdout.write(
        json ? `${JSON.stringify(example)}\n` : attentionText(example, { color: wantsColor() }),
      );
      if (svg === undefined) return;
      await writeFileAtomically(svg, attentionSvg(example));
      if (!json) process.stdout.write(`\nWrote ${svg}\n`);
    });
    return undefined;
  },
};

function parametersJson({ model }: RunDescription): string {
  const parameters = [...parametersOf(model)].map(([name, { shape, size }]) => ({ name, shape, size }));
  const total = parameters.reduce((sum, { size }) => sum + size, 0);
  return `${JSON.stringify({ total, parameters }, null, 2)}\n`;
}

/** The modules of a model with the values they hold in all, and their own parameters with their shapes. */
function layerTable({ run, model, encodings, config }: RunDescription): string {
  const parameters = [...parametersOf(model)];
  const rows: string[][] = [['layer', 'type', 'shape', 'parameters']];
  for (const [path, module] of modulesOf(model)) {
    const within = parameters.filter(([name]) => path === '' || name.startsWith(`${path}.`));
    if (within.length === 0) continue;
    const total = within.reduce((sum, [, parameter]) => sum + parameter.size, 0);
    rows.push([path || '(all)', module.constructor.name, '', groupDigits(total)]);
    for (const [name, { shape, size }] of within) {
      const own = path === '' ? name : name.slice(path.length + 1);
      if (Object.hasOwn(module, own)) rows.push([`  ${name}`, '', shape.join(' × '), groupDigits(size)]);
    }
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  '),
  );
  const texts = Object.entries(encodings).map(
    ([name, { vocabulary, tokenizer }]) =>
      `${name}: ${vocabulary.size} ${tokenizer.type} tokens, 4 of them special\n`,
  );
  return `${run.path}: ${config.name ?? config.task}
${texts.join('')}
${lines.map((line) => line.trimEnd()).join('\n')}
`;
}
