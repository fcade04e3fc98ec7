import type { TaskName } from './schema.js';

/** For each task the least that a configuration says, with what the file holds that it names: for help and documentation. */
export const minimalConfigs: Readonly<Record<TaskName, string>> = {
  'sequence-to-sequence': `task: sequence-to-sequence # the default
data: { source: { file: pairs.tsv } } # a line: a text, a tab, its answer
`,
  ctc: `task: ctc
data: { source: { file: pairs.tsv } } # a line: a text, a tab, its shorter answer
`,
  'speech-recognition': `task: speech-recognition
data: { source: { recordings: spoken.tsv } } # a line: the path of a WAV recording, a tab, what is said in it
`,
  'language-model': `task: language-model
data: { source: { text: book.txt } } # one long text
`,
  'masked-language-model': `task: masked-language-model
data: { source: { file: texts.tsv } } # a line: a text
`,
  denoising: `task: denoising
data: { source: { file: texts.tsv } } # a line: a text
`,
  classification: `task: classification
data: { source: { file: classes.tsv } } # a line: a text, a tab, its class
`,
  'multi-label': `task: multi-label
data: { source: { file: labels.tsv } } # a line: a text, a tab, its labels with commas between
`,
  tagging: `task: tagging
data: { source: { file: tags.tsv } } # a line: a text, a tab, a tag for each word
`,
  regression: `task: regression
data: { source: { file: values.tsv, text: 0, values: [1] } } # a line: a text, a tab, a number
`,
  forecasting: `task: forecasting
data: { source: { file: series.csv, header: true } } # a line: the values of one time
`,
  'multi-task': `task: multi-task
tasks:
  intent: { task: classification, data: { source: { file: classes.tsv } } }
  slots: { task: tagging, data: { source: { file: tags.tsv } } }
`,
};
