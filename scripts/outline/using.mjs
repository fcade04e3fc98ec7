// What docs/using.md holds, in the order of a reader; scripts/referenceDocuments.mjs says how it is read.

export const using = {
  file: 'using.md',
  title: 'Runs, answers and data',
  introduction: `How a program reads data, answers with a trained model, and opens what \`heddle train\` has left in a run directory. Written from the comments in the sources by \`npm run docs\`.

\`\`\`js
const engine = await heddle.createEngine();
const run = await heddle.openRun('runs/mail', { engine, task: 'classification' });
const [classes] = await run.classifyTexts(['You have won a prize!']);
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
        'src/data/examples.ts',
        'src/data/cleaning.ts',
        'src/data/split.ts',
        'src/data/groupedSplit.ts',
        'src/data/splitExamples.ts',
        'src/data/components.ts',
        'src/data/leaks.ts',
        'src/data/profile.ts',
        'src/data/recognise.ts',
      ],
    },
    {
      title: 'Augmentation',
      introduction: 'Other examples in every epoch, the same ones when a run is resumed.',
      from: ['src/data/augmentedData.ts', 'src/data/augmentations.ts'],
    },
    {
      title: 'Reading files',
      introduction: 'Of `heddle/node`: streams of rows, which never hold a file whole.',
      from: ['src/data/node/'],
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
