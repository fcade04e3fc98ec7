import type { AugmentationExample } from '../config/augmentationExamples.js';
import { badRowsOf, withOnBadRow } from '../config/badRowPolicy.js';
import { summarizeData } from '../config/dataSummary.js';
import { cleanersOf } from '../config/node/cleanTexts.js';
import { readConfig } from '../config/node/readConfig.js';
import { readDataParts } from '../config/node/readDataParts.js';
import { requireNoMore, requireOperand, setOption, type Command } from './command.js';
import { augmentationsText, samplesText } from './dataSamples.js';
import { cleaningText, summaryText } from './dataText.js';
import { onBadRow, onBadRowOption, tellBadRows } from './onBadRow.js';

export const dataCommand: Command = {
  name: 'data',
  summary:
    'Show what a configuration makes of its data: cleaning, parts, scaling, leaks, samples, augmentation',
  operands: 'CONFIG.yaml [--set key.path=value …] [--on-bad-row POLICY] [--samples N] [--json]',
  options: {
    set: setOption,
    'on-bad-row': onBadRowOption,
    samples: { type: 'string', value: 'N', description: 'training examples that are shown; default: 3' },
    json: { type: 'boolean', description: 'print one JSON object' },
  },
  examples: [
    'heddle data examples/pronounce/quick.yaml',
    'heddle data spam.yaml --set data.split.groupBy=normalized',
  ],
  async run(args) {
    const path = requireOperand(dataCommand, args, 'the configuration');
    requireNoMore(dataCommand, args, 1);
    const config = withOnBadRow(await readConfig(path, args.texts('set')), onBadRow(args));
    const badRows = badRowsOf(config);
    const cleaners = cleanersOf(config);
    const { parts, augmentations, refusal } = await readDataParts(config, badRows, cleaners);
    const summaries = parts.map(summarizeData);
    tellBadRows(badRows);
    if (args.flag('json')) {
      const cleaning = Object.entries(cleaners).flatMap(([task, cleaner]) => {
        if (!cleaner) return [];
        const { kept, changed, dropped } = cleaner;
        return [{ ...(task && { task }), kept, changed, dropped: Object.fromEntries(dropped) }];
      });
      const json = {
        task: config.task,
        badRows: badRows.count,
        cleaning,
        data: summaries,
        ...(augmentations.length > 0 && { augmentations: augmentations.map(augmentationJson) }),
        ...(refusal !== undefined && { refusal }),
      };
      process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
      return undefined;
    }
    const width = process.stdout.columns || 120;
    const samples = args.count('samples') ?? 3;
    const text = [
      ...Object.entries(cleaners).flatMap(([name, cleaner]) =>
        cleaner ? [cleaningText(cleaner, width, name)] : [],
      ),
      ...parts.map((each, i) => summaryText(summaries[i]!, width) + samplesText(each, samples, width)),
    ];
    const after = [
      augmentationsText(augmentations, width),
      refusal === undefined ? '' : `\nTraining would not begin: ${refusal}\n`,
    ];
    process.stdout.write(text.join('\n') + after.join(''));
    return undefined;
  },
};

/** Tokens whole; pixels and values would fill pages. */
function augmentationJson({ augmentation, example, changed, before, after }: AugmentationExample) {
  const tokens =
    'tokens' in before && 'tokens' in after ? { before: before.tokens, after: after.tokens } : {};
  return { ...augmentation, example, changed, ...tokens };
}
