// Writes docs/config.md from the schema of configurations, docs/layers.md and docs/training.md from the docstrings of
// the sources: npm run docs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { referenceDocuments } from './referenceDocuments.mjs';

const file = fileURLToPath(new URL('../docs/config.md', import.meta.url));

const beginning = `# Configuration

Everything about a training run, as \`heddle train\` reads it. Every key but \`data.source\` (of several tasks \`tasks\`) has a default; an unknown key is an error that names the nearest valid one. \`--set training.steps=100\` replaces a value from the command line, \`null\` brings a default back. The run directory keeps the configuration with every default filled in.

The least that a configuration says, by its task:
`;

const origin = `Written by \`node scripts/docs.mjs\` from \`src/config/schema.ts\` and \`minimalConfigs.ts\`; \`heddle train --help model.encoder\` and \`heddle train --help tagging\` say the same of a key and of a task.
`;

const end = `## Tables

What \`file\` names is read row by row, never whole.

| format | endings | a row | a column |
|---|---|---|---|
| \`tsv\` | any other | a line, cells between tabs as they stand | its place, or with \`header: true\` its name |
| \`csv\` | \`.csv\` | cells between commas (\`separator: semicolon\`), in quotes or not (RFC 4180); line ends in quotes become LF | the same |
| \`jsonl\` | \`.jsonl\`, \`.ndjson\`, \`.json\` | a JSON object a line | its key; \`translation.en\`, \`answers.text.0\` for what lies deeper; a number counts the keys of the first row |
| \`parquet\` | \`.parquet\` | as the file has it | the same |
| \`text\` | only by \`format: text\` | a line, which is one cell | 0 |

Each may be compressed (\`.gz\`, but Parquet). Numbers and truth values in JSON and Parquet become texts, lists their items with spaces between; \`null\` is no text. Where a Parquet file notes, as the Hugging Face library does, that numbers are classes, their names are read. \`encoding\` is one that \`TextDecoder\` knows. A folder is read as a Hugging Face data set, as cloned or downloaded: the files that \`configs\` in the front matter of its README.md names, else those with \`train\`, \`validation\` (\`valid\`, \`dev\`, \`val\`) or \`test\` in their path; its validation and test splits are used where it has them and no others are given.

A row that cannot be read ends the training with the file, the line or row, and where it can be told the column. With \`--on-bad-row skip\` (\`data.onBadRow\`) it is left out and counted, with \`report\` listed, too: in \`bad-rows.tsv\` of the run, by \`heddle evaluate\` the first 20 on standard error.

## Metrics

Rates are fractions in files and \`--json\`, percentages on the screen; BLEU, chrF and TER are points, 100 for all, in both. Those of the first group are measured with the true tokens before each one, the others on the model's own answers; a source may have several right answers.

| metric | meaning |
|---|---|
| \`loss\` | cross-entropy in nats per target token, END included, padding not; of a CTC model −log p of whole answers ÷ their tokens |
| \`perplexity\` | exp(loss) |
| \`tokenAccuracy\` | share of target tokens that the model ranks first; of a masked language model, of the tokens to guess |
| \`per\` | edits to the nearest right answer ÷ its length, in target tokens, over all examples; with phonemes as tokens the phoneme error rate, with words the word edit rate; in characters where the tokens are pieces of words |
| \`cer\` | the same in characters of the text |
| \`wer\` | share of sources whose answer is none of the right ones, shown as “WER (whole answers)”: the word error rate where each source is a word, as in pronunciation |
| \`exactMatch\` | 1 − \`wer\` |
| \`wordEditRate\` ° | as \`per\`, in words of the text between white space, however it is cut into tokens, shown as “WER (word edits)”: the word error rate of speech recognition |
| \`bleu\` °, \`chrf\` °, \`ter\` ° | as sacreBLEU computes them, over the texts; \`metrics\` above has their settings, and \`heddle evaluate\` prints the signature. Chinese needs \`metrics.bleu.tokenizer: zh\`; chrF++ is \`metrics.chrf.wordOrder: 2\` |
| \`rouge1\` °, \`rouge2\` °, \`rougeL\` ° | mean F1 of common words, pairs of words, and the longest common subsequence; words as in Google's \`rouge_score\` without a stemmer, but of any script, and each Chinese or Japanese character one |
| \`accuracy\` | share of examples whose class was said |
| \`microF1\`, \`macroPrecision\`, \`weightedRecall\` … | over all examples alike, as the mean over the classes, weighted by how many are of a class; as in scikit-learn |
| \`rocAuc\`, \`prAuc\` | area under the ROC curve, and average precision: of two classes of the second, else of each class against all others, the mean; \`weightedRocAuc\` and \`weightedPrAuc\` weighted by how many are of a class |
| \`brier\`, \`logLoss\` ° | mean squared error of the probabilities, and cross-entropy in nats per example |
| \`calibrationError\` | how far the probability of the class that is said is from the share that is right: expected calibration error over 15 bins |
| \`tagAccuracy\` | share of tokens whose tag is right |
| \`entityPrecision\`, \`entityRecall\`, \`entityF1\` | over whole entities, which tags mark by \`B-\` and \`I-\` as conlleval reads them; right where type and both ends are |
| \`mse\`, \`mae\`, \`rmse\` | mean squared, mean absolute and root mean squared error: of a regressor in the units of the data, of a forecaster over every window, step and variable, standardised by the training rows as published figures are (\`heddle evaluate\` adds each variable in its own unit, and the forecast that repeats the last row) |
| \`r2\` | share of the variance that is explained; of several variables the mean |
| \`mape\` °, \`smape\` ° | mean of the error ÷ the true value, and ÷ the mean size of both (0 to 2), in the units of the data |
| \`mase\` | of a forecaster: mean absolute error ÷ the mean absolute change from a training row to the next (Hyndman & Koehler 2006) |

What is marked ° says nothing of some data, so it is measured on demand: where \`training.validation.metrics\` lists it, or \`heddle evaluate\` is asked for it.

\`\`\`sh
npx heddle evaluate runs/translate --metrics bleu,chrf --confidence
npx heddle compare runs/translate runs/translate-2 --metrics bleu,chrf
\`\`\`

\`--confidence\` puts a 95 % interval beside each figure, by the percentile bootstrap over the examples. Windows of a series overlap, so of forecasts blocks of them are drawn that are as long as window and horizon together (moving-block bootstrap, Künsch 1989). \`heddle compare\` measures two runs on the same examples and says how likely their difference would be if neither were better: by paired bootstrap resampling (Koehn 2004), or with \`--test randomization\` by approximate randomisation (Riezler & Maxwell 2005).

Of several tasks each has its figures under its name (\`intent.accuracy\`); \`loss\` is that of all, Σ weight · loss · labels ÷ Σ weight · labels, where a label is a class, the tag of a token, or a value.

## The run directory

| file | what it holds |
|---|---|
| \`config.yaml\` | this configuration, every default filled in |
| \`format.json\` | the version of the directory's format |
| \`data.json\` | fingerprints of the training data, which a resumed run must have, and of the test examples: \`heddle evaluate\` says when they have changed |
| \`tags.json\` | the tags of a tagger, in the order of their ids |
| \`scaling.json\` | of numbers: means and deviations of the training rows, with \`data.scaling: min-max\` their least values and ranges too, of a series how much it changes from row to row, and of \`scaling.features.json\` those of what is read |
| \`<name>.classes.json\`, \`<name>.tags.json\`, \`<name>.scaling.json\` | the same of each of several tasks |
| \`tokenizer.source.json\`, \`tokenizer.target.json\` | of pairs and CTC: how texts become ids |
| \`tokenizer.json\` | the same of all other tasks that read texts |
| \`vectorizer.json\` | of a \`bag-of-words\` encoder, in its place: terms and weights |
| \`classes.json\` | the classes, in the order of their ids, and of images their size |
| \`checkpoints/\` | the latest and the best: parameters and optimiser as safetensors, the position as JSON |
| \`metrics.jsonl\`, \`tensorboard/\` | what was measured, a row each; the same for TensorBoard |
| \`samples.jsonl\` | answers to the same few validation sources after each validation |
| \`bad-rows.tsv\` | with \`data.onBadRow: report\`: rows that were left out, and why |
| \`test.json\` | metrics of the best checkpoint on the test split |
| \`report.html\` | curves, samples, attention, parameters: one page without network |

\`heddle cross-validate\` writes \`folds.json\` beside its runs: each figure by fold, mean and deviation, and the confusion of all.
`;

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/**
 * docs/config.md, from configReference(), which is headings, and lines of path, type and meaning, two or more spaces
 * apart; and from the least configuration of each task.
 */
export async function configDocument(reference, minimalConfigs) {
  const examples = Object.values(minimalConfigs).map((text) => `\`\`\`yaml\n${text}\`\`\`\n`);
  const tables = reference.split('\n\n').map((section) => {
    const [title, ...lines] = section.split('\n');
    const rows = lines.map((line) => {
      const [path, type, meaning = ''] = line.trim().split(/ {2,}/);
      return `| \`${path}\` | ${cell(type)} | ${cell(meaning)} |`;
    });
    const heading = `## ${title.slice(0, -1)}`;
    return `${heading}\n\n| key | value | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return format([beginning, ...examples, origin, ...tables, end].join('\n'), {
    ...(await resolveConfig(file)),
    parser: 'markdown',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { configReference, minimalConfigs } = await import('heddle');
  writeFileSync(file, await configDocument(configReference(), minimalConfigs));
  for (const [name, text] of Object.entries(await referenceDocuments()))
    writeFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), text);
}
