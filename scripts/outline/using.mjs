// What docs/using.md holds, in the order of a reader; scripts/referenceDocuments.mjs says how it is read.

export const using = {
  file: 'using.md',
  title: 'Runs, answers and data',
  introduction: `How a program reads data, answers with a trained model, and opens what \`heddle train\` has left in a run directory. Written from the comments in the sources by \`npm run docs\`.

\`\`\`ts
import { createEngine, openRun, parseConfig, trainRun } from 'heddle/node';

const text = \`
data: { source: { synthetic: addition, count: 500 } }
model: { encoder: { embeddingSize: 16, hiddenSize: 16 }, decoder: { embeddingSize: 16, hiddenSize: 16 } }
training: { steps: 20 }
\`;
const engine = await createEngine();
await trainRun(parseConfig(text, 'sums.yaml'), { engine, path: 'runs/sums' });
const run = await openRun('runs/sums', { engine, task: 'sequence-to-sequence' });
const [answers] = await run.predictor.predict(['17+25']);
console.log(answers?.[0]?.text);
await engine.close();
\`\`\`

| task of the run | how it answers |
|---|---|
| \`sequence-to-sequence\` | \`run.predictor.predict(texts)\`, \`.sample(texts)\`, \`.attend(text)\` |
| \`ctc\` | \`run.predict(texts)\` |
| \`speech-recognition\` | \`run.transcribe(files)\` |
| \`language-model\` | \`run.generator.generate(text)\`, \`.stream(text)\` |
| \`masked-language-model\`, \`denoising\` | \`run.fill(texts)\` |
| \`classification\` | \`run.classifyTexts(texts)\`, \`run.classifyImages(file)\` |
| \`tagging\` | \`run.tag(texts)\` |
| \`regression\` | \`run.valueTexts(texts)\`, \`run.valueRows(file)\` |
| \`multi-task\` | \`run.predict(texts)\`: what each task says, by its name |
| \`forecasting\` | \`run.forecast(file)\` |

All have \`run.evaluate({ split: 'test' })\`, or \`{ file }\`.`,
  groups: [
    {
      title: 'Runs',
      introduction: 'Of `heddle/node`.',
      from: ['src/config/node/trainedRun.ts', 'src/config/node/'],
    },
    {
      title: 'Comparing models and searching values',
      introduction:
        'What `heddle compare`, `heddle cross-validate` and `heddle tune` do, for programs. [tuning.md](tuning.md) tells of searches.',
      from: [
        'src/config/node/compareRuns.ts',
        'src/config/node/crossValidate.ts',
        'src/config/node/searchPlan.ts',
        'src/config/node/runSearch.ts',
        'src/config/node/searchReport.ts',
        'src/tune/',
      ],
    },
    {
      title: 'Answering and generating',
      introduction:
        'With any model and its parameters, from a run or from a trainer. [Tutorial](tutorials/decoding.md).',
      from: [
        'src/decode/predictor.ts',
        'src/decode/textGenerator.ts',
        'src/decode/beamSearch.ts',
        'src/decode/sampling.ts',
        'src/decode/ctcSearch.ts',
        'src/decode/ctcDecoding.ts',
        'src/decode/',
      ],
    },
    {
      title: 'Looking at data, cleaning and splitting',
      introduction: '',
      from: [
        'src/data/node/survey/',
        'src/data/examples.ts',
        'src/data/cleaning.ts',
        'src/data/split.ts',
        'src/data/groupedSplit.ts',
        'src/data/splitExamples.ts',
        'src/data/components.ts',
        'src/data/leaks.ts',
        'src/data/splitColumns.ts',
        'src/data/timeSplit.ts',
        'src/data/survey.ts',
        'src/data/equalRows.ts',
        'src/data/profile.ts',
        'src/data/recognise.ts',
        'src/config/node/readDataParts.ts',
        'src/config/node/cleanTexts.ts',
        'src/config/dataSummary.ts',
      ],
    },
    {
      title: 'Augmentation',
      introduction: 'Other examples in every epoch, the same ones when a run is resumed.',
      from: [
        'src/data/augmentedData.ts',
        'src/data/augmentations.ts',
        'src/data/audio/soundAugmentations.ts',
        'src/data/recutTexts.ts',
        'src/text/subwords/bpeDropout.ts',
      ],
    },
    {
      title: 'Reading files',
      introduction:
        'Of `heddle/node`: streams of rows, which never hold a file whole, `shuffled` by a buffer; and what tells of bad rows.',
      from: [
        'src/data/node/',
        'src/data/shuffled.ts',
        'src/data/badRows.ts',
        'src/data/tableSource.ts',
        'src/data/numberTable.ts',
        'src/data/audio/',
      ],
    },
    {
      title: 'Configurations in programs',
      introduction: '',
      from: ['src/config/'],
    },
    {
      title: 'Pictures and files',
      introduction: '',
      from: ['src/formats/'],
      except: ['TrainingCheckpoint', 'Recorder', 'Checkpoints', 'RunRecorder', 'RunDirectory'],
    },
  ],
};
