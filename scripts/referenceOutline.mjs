// What docs/layers.md and docs/training.md hold, in the order of a reader. `from` lists files or folders of src (the
// longest that fits counts), `only` some names of them.

export const layers = {
  file: 'layers.md',
  title: 'Layers and models',
  introduction: `Everything that a model is made of, and the models that are ready. Each is a class; \`forward\` traces tensors through it, and nothing is computed before the graph runs. Written from the comments in \`src/nn\` and \`src/models\` by \`npm run docs\`; the [tutorials](tutorials/README.md) show how the parts go together, [training.md](training.md) how they are trained.

**Conventions.** Shapes name their dims: \`batch\`, \`time\`, \`source\` are known to a run alone, so one program serves every size; \`...\` stands for any axes. Features come last, but for images and convolutions, which have \`[batch, channels, ...]\`. Recurrent layers are time-major, \`[time, batch, features]\`; models turn what they are given. A mask is boolean and true at what is real. Parameters have PyTorch's layouts and first values, and are named by the fields that lead to them (\`encoder.recurrent.cells.0.0.inputWeight\`). What cannot be is refused by a \`UserError\` that names the option; it is not repeated below.

| to do | take |
|---|---|
| numbers → numbers | \`MLP\`; \`RadialBasisNetwork\` for few inputs and smooth functions |
| a sequence → a vector per position | \`RecurrentEncoder\` (small data, CPU), \`TransformerEncoder\` (more data, long sequences), \`ConvolutionalEncoder\` (what is near matters, and speed) |
| an image → a vector, or places to look at | \`ImageEncoder\` |
| a sequence → one vector | \`MeanPooling\`, \`AttentionPooling\`, \`LastPooling\` after a recurrent layer |
| a sequence → another sequence | \`Seq2Seq\` with a \`RecurrentDecoder\` or a \`TransformerDecoder\` |
| a long sequence → a shorter one in the same order | \`CtcModel\` |
| text that goes on | \`LanguageModel\` |
| an example → a class, several classes, values | \`Classifier\`, \`MultiLabelClassifier\`, \`Regressor\` |
| a sequence → a tag per token | \`Tagger\` |
| a series → how it goes on | \`LinearForecaster\`, \`DirectForecaster\`, \`RecurrentForecaster\` |
| features seen in the light of something else | \`FusedFeatures\` before a head, \`FusedEncoder\` before a decoder or a tagger, with a [fusion](#fusion-with-a-context) |`,
  groups: [
    {
      title: 'Modules and parameters',
      introduction:
        'A model is a class that extends `Module` and has parameters and other modules in its fields. There is nothing to register.',
      from: ['src/nn/module.ts', 'src/nn/mode.ts'],
    },
    {
      title: 'First values',
      introduction:
        'Layers draw their parameters as PyTorch does; where an option is an `Initializer`, another one can be given. The values depend on the seed and on the name and shape of the parameter alone.',
      from: ['src/nn/initializers.ts'],
    },
    {
      title: 'Plain layers',
      introduction: 'They act on the last axis, whatever stands before it.',
      from: [
        'src/nn/layers/linear.ts',
        'src/nn/layers/feature.ts',
        'src/nn/layers/mlp.ts',
        'src/nn/layers/embedding.ts',
        'src/nn/layers/layerNorm.ts',
        'src/nn/layers/dropout.ts',
        'src/nn/layers/radialBasis.ts',
        'src/nn/layers/radialBasisNetwork.ts',
        'src/nn/kMeans.ts',
        'src/nn/layers/',
      ],
    },
    {
      title: 'Recurrent layers',
      introduction:
        'They read a sequence step by step and carry a state. An `LSTM` or a `GRU` is what one wants nearly always; a `GRU` has a quarter fewer parameters. [Tutorial](tutorials/recurrent.md).',
      from: ['src/nn/layers/recurrent.ts', 'src/nn/layers/cells.ts'],
    },
    {
      title: 'Kinds of attention',
      introduction:
        'Weights over places, and the average of their values under them. Additive, dot and general attention serve a recurrent decoder; `MultiHeadAttention` is the one of Transformers.',
      from: [
        'src/nn/layers/attention.ts',
        'src/nn/layers/multiHeadAttention.ts',
        'src/nn/layers/causalMask.ts',
      ],
    },
    {
      title: 'Transformer blocks and positions',
      introduction: '[Tutorial](tutorials/transformer.md).',
      from: [
        'src/nn/layers/transformer.ts',
        'src/nn/layers/tokenAndPosition.ts',
        'src/nn/layers/positions.ts',
        'src/nn/layers/rotary.ts',
      ],
    },
    {
      title: 'Convolution',
      introduction:
        'A window that moves over time or over an image, with the same weights at every place. `padding: "same"` with an odd kernel keeps sizes. [Tutorial](tutorials/convolutional.md).',
      from: [
        'src/nn/layers/convolution.ts',
        'src/nn/layers/batchNorm.ts',
        'src/nn/layers/residualBlock.ts',
        'src/nn/layers/spatialPooling.ts',
        'src/ops/convolution.ts',
        'src/ops/pool.ts',
      ],
      except: ['PoolOptions'],
    },
    {
      title: 'Pooling: a sequence to one vector',
      introduction: 'Padding never enters, and an empty sequence gives zeros.',
      from: ['src/nn/layers/pooling.ts'],
    },
    {
      title: 'Fusion with a context',
      introduction:
        'Features that are to be seen in the light of something else: a text and its image, a sentence and its topic. `GatedFusion` and `FilmFusion` keep the features; `CrossAttentionFusion` takes a context of several vectors. `FusedFeatures` and `FusedEncoder` put them into a model. [Tutorial](tutorials/heads.md#with-a-context).',
      from: [
        'src/nn/layers/fusion/fusion.ts',
        'src/nn/layers/fusion/',
        'src/nn/layers/fusion/createFusion.ts',
      ],
    },
    {
      title: 'Encoders',
      introduction: 'They read a source. What an `Encoder` gives, every decoder and head takes.',
      from: [
        'src/models/encoders/encoder.ts',
        'src/models/encoders/recurrentEncoder.ts',
        'src/models/encoders/transformerEncoder.ts',
        'src/models/encoders/',
      ],
    },
    {
      title: 'Decoders',
      introduction:
        'They write a target: over whole targets in training, step by step in generation, with the same parameters.',
      from: [
        'src/models/decoders/decoder.ts',
        'src/models/decoders/recurrentDecoder.ts',
        'src/models/decoders/',
      ],
    },
    {
      title: 'Models',
      introduction:
        'What a `Trainer` takes: a module that traces its own loss. A model of one’s own needs `traceLoss` and no more.',
      from: [
        'src/models/trainable.ts',
        'src/models/seq2seq.ts',
        'src/models/languageModel.ts',
        'src/models/ctcModel.ts',
        'src/models/maskedLanguageModel.ts',
        'src/models/generative.ts',
        'src/models/',
      ],
    },
    {
      title: 'Heads: classes, tags and values',
      introduction:
        'A head reads the vector that a `FeatureEncoder` makes of an example, a text, an image or numbers, or what an encoder makes of each token. It names the input with its labels, so that several heads can share one encoder. [Tutorial](tutorials/heads.md).',
      from: [
        'src/models/classifier.ts',
        'src/models/multiLabelClassifier.ts',
        'src/models/regressor.ts',
        'src/models/tagger.ts',
        'src/models/multiTask.ts',
        'src/models/featureEncoder.ts',
        'src/models/fusedFeatures.ts',
        'src/models/contextEncoder.ts',
        'src/models/tokenLabels.ts',
      ],
    },
    {
      title: 'Forecasters',
      introduction:
        'How series of numbers go on. Begin with the `LinearForecaster`: it is hard to beat where series are periodic.',
      from: [
        'src/models/forecasters/linearForecaster.ts',
        'src/models/forecasters/directForecaster.ts',
        'src/models/forecasters/recurrentForecaster.ts',
        'src/models/forecasters/seriesEncoders.ts',
        'src/models/forecasters/',
      ],
    },
  ],
};

export const training = {
  file: 'training.md',
  title: 'Training',
  introduction: `Losses, optimisers, schedules and the trainer, as a program uses them; [config.md](config.md) has the keys of configurations, which say the same. Written from the comments in the sources by \`npm run docs\`. The hands-on part is [a tutorial](tutorials/training-a-model.md); what is trained stands in [layers.md](layers.md).

One update is: loss and gradients of a batch in one program, both as *sums* → (further batches are added) → division by what the loss counts → the gradient transforms, in the order of the chain → p ← p − learningRate · factor(step) · update.

| to do | take |
|---|---|
| a first try of anything | \`chain(clipByGlobalNorm(1), adamW({ learningRate }))\` with \`cosine\` or \`inverseSqrt\` and a warm-up |
| a learning rate to begin with | \`findLearningRate\`, or \`heddle find-rate\` |
| better results for nothing | \`averageDecay: 0.999\`, or \`averageParameters\` of the last checkpoints |
| a larger batch than fits | \`accumulate\`; for deep models \`gradientCheckpointing\` |
| to stop at the right time | \`validation\` with \`watch\` and \`patience\` |
| to go on after a crash, bit for bit | \`recorder\` with checkpoints, \`restore\` |`,
  groups: [
    {
      title: 'Losses',
      introduction:
        'Each gives the loss of every element or example, zero where a mask is false; `traceLoss` sums them and says how many there are. In nats.',
      from: [
        'src/losses/crossEntropy.ts',
        'src/losses/regression.ts',
        'src/losses/binaryCrossEntropy.ts',
        'src/ops/softmax.ts',
        'src/ops/ctc.ts',
        'src/losses/contrastive.ts',
        'src/losses/adversarial.ts',
        'src/models/coverageLoss.ts',
        'src/losses/masking.ts',
        'src/losses/',
      ],
      except: ['softmax', 'logSoftmax'],
    },
    {
      title: 'Optimisers',
      introduction:
        'AdamW is the usual choice; SGD with momentum often generalises better on images; Adafactor saves memory where matrices are large; Lion keeps one moment.',
      from: ['src/optimizers/transforms.ts', 'src/optimizers/adaptive.ts', 'src/optimizers/adafactor.ts'],
      only: ['adam', 'adamW', 'sgd', 'rmsprop', 'adagrad', 'lion', 'adafactor'],
    },
    {
      title: 'Clipping and other gradient transforms',
      introduction:
        'An optimiser is a chain of gradient transforms; `chain` joins them with others, first to last.',
      from: ['src/optimizers/transform.ts', 'src/optimizers/transforms.ts', 'src/optimizers/'],
    },
    {
      title: 'Schedules',
      introduction: 'A schedule scales the learning rate of the optimiser, which is the peak.',
      from: ['src/schedules/schedules.ts'],
    },
    {
      title: 'Scheduled sampling',
      introduction:
        'An option of the `RecurrentDecoder`: training reads the model’s own tokens more and more often, as generation will.',
      from: ['src/schedules/samplingSchedule.ts'],
    },
    {
      title: 'Tokenizers and bags of words',
      introduction:
        'How texts become ids, learnt from texts, and saved as the `tokenizer.json` of Hugging Face; and vectors of counted terms, as scikit-learn’s. [Tutorial](tutorials/tokenizers.md).',
      from: [
        'src/data/trainEncoding.ts',
        'src/text/tokenizer.ts',
        'src/text/subwords/trainBpe.ts',
        'src/text/subwords/trainWordPiece.ts',
        'src/text/subwords/trainUnigram.ts',
        'src/text/subwords/bpe.ts',
        'src/text/subwords/wordPiece.ts',
        'src/text/subwords/unigram.ts',
        'src/text/vocabulary.ts',
        'src/text/tokenizerJson.ts',
        'src/text/countVectorizer.ts',
        'src/text/tfidfVectorizer.ts',
        'src/text/sparseRows.ts',
      ],
    },
    {
      title: 'Data for a trainer',
      introduction:
        'Batches follow from seed and epoch alone, and hold sequences of similar length, so that little padding is computed.',
      from: [
        'src/data/trainingData.ts',
        'src/data/dataset.ts',
        'src/data/textWindows.ts',
        'src/data/documents.ts',
        'src/data/textExamples.ts',
        'src/data/joinTexts.ts',
        'src/data/tensorExamples.ts',
        'src/data/labels.ts',
        'src/data/tokenLabels.ts',
        'src/data/contexts.ts',
        'src/text/labelSet.ts',
        'src/data/seriesWindows.ts',
        'src/data/standardScaler.ts',
        'src/data/maskedTexts.ts',
        'src/data/denoisingTexts.ts',
        'src/data/spanCorruption.ts',
      ],
      except: ['encodeSource'],
    },
    {
      title: 'The trainer',
      introduction: '',
      from: ['src/train/trainer.ts'],
      except: ['TrainingCheckpoint', 'Recorder'],
    },
    {
      title: 'One’s own loop',
      introduction:
        '`Trainer.update` makes one update on a batch of one’s own; `trainer.trainStep` is the compiled step below it, for what a trainer does not do (several losses by turns, gradients without an update).',
      from: ['src/train/trainStep.ts', 'src/train/parameterStore.ts'],
    },
    {
      title: 'The learning rate to begin with',
      introduction: '',
      from: ['src/train/learningRateFinder.ts'],
    },
    {
      title: 'Averaging',
      introduction:
        'Two ways: a running average while training (`averageDecay` of `Trainer.create`), and the mean of checkpoints afterwards.',
      from: ['src/train/averageParameters.ts'],
    },
    {
      title: 'Gradient checkpointing',
      introduction:
        'Transformers have it as an option, `gradientCheckpointing`; any other block can be wrapped.',
      from: ['src/ops/checkpoint.ts'],
    },
    {
      title: 'Measuring',
      introduction:
        'What a validation runs: evaluators go over data with a model, metrics make figures of what they found.',
      from: ['src/train/evaluator.ts', 'src/train/languageEvaluator.ts', 'src/train/'],
    },
    {
      title: 'Metrics',
      introduction:
        'Figures of answers, whoever gave them: of texts as sacreBLEU computes them, of classes and probabilities as scikit-learn does, of values and of rankings. The tables (`decodedMetrics`, `classificationMetrics` …) are what configurations and `heddle evaluate` know by name; what is measured over examples can be resampled for intervals and paired tests.',
      from: [
        'src/metrics/metrics.ts',
        'src/metrics/bleu.ts',
        'src/metrics/chrf.ts',
        'src/metrics/ter.ts',
        'src/metrics/rouge.ts',
        'src/metrics/errorRates.ts',
        'src/metrics/decodedMetrics.ts',
        'src/metrics/classification.ts',
        'src/metrics/probabilities.ts',
        'src/metrics/areaUnderCurve.ts',
        'src/metrics/resampling.ts',
        'src/metrics/',
      ],
    },
    {
      title: 'Checkpoints and resuming',
      introduction:
        'A checkpoint holds parameters, moments, the position in the epoch and the state of the schedule. A training that goes on from it repeats bit for bit what an uninterrupted one would have done, on the same executor, threads and CPU. Classes for files are those of `heddle/node`.',
      from: [
        'src/train/trainer.ts',
        'src/train/node/',
        'src/formats/node/checkpoints.ts',
        'src/formats/node/runDirectory.ts',
      ],
      only: [
        'TrainingCheckpoint',
        'Recorder',
        'saveParameters',
        'loadParameters',
        'Checkpoints',
        'RunRecorder',
        'RunDirectory',
      ],
    },
  ],
};

export const tensors = {
  file: 'tensors.md',
  title: 'Tensors, ops and programs',
  introduction: `What layers are written in. An op makes a node of a graph and computes nothing; a graph becomes an ONNX model, and an engine runs it. Written from the comments in the sources by \`npm run docs\`; [layers.md](layers.md) has what is built on them.

A module of one's own traces its tensors in a method; \`compileGraph\` makes a program of any outputs:

\`\`\`js
const x = heddle.input('x', 'float32', ['batch', 3]);
const program = await heddle.compileGraph(engine, { y: heddle.softmax(x) }, new Map());
\`\`\``,
  groups: [
    {
      title: 'Tensors',
      introduction: '',
      from: ['src/tensor/tensor.ts', 'src/tensor/errors.ts', 'src/tensor/'],
      except: ['randomKey', 'randomBits', 'randomUniform', 'randomNormal', 'permutation', 'hashText'],
    },
    {
      title: 'Element by element',
      introduction: 'Shapes broadcast as in NumPy; a dim of a name fits only itself and 1.',
      from: ['src/ops/elementwise.ts'],
    },
    { title: 'Products', introduction: '', from: ['src/ops/matmul.ts'] },
    { title: 'Shapes', introduction: '', from: ['src/ops/shape.ts', 'src/ops/window.ts'] },
    {
      title: 'Sums, maxima, softmax and norms',
      introduction: '',
      from: ['src/ops/reduce.ts', 'src/ops/softmax.ts', 'src/ops/layerNorm.ts', 'src/ops/batchNorm.ts'],
      only: ['sum', 'max', 'argMax', 'softmax', 'logSoftmax', 'layerNorm', 'batchNorm'],
    },
    { title: 'Looking up and packing', introduction: '', from: ['src/ops/gather.ts'] },
    { title: 'Loops', introduction: '', from: ['src/ops/scan.ts'] },
    {
      title: 'Gradients and programs',
      introduction:
        'The gradients of a graph are a graph again. `exportGraph` gives the bytes of an ONNX model, which any ONNX Runtime runs; `compileGraph` opens it in an engine.',
      from: [
        'src/autodiff/gradients.ts',
        'src/engine/compileGraph.ts',
        'src/onnx/exportGraph.ts',
        'src/engine/node/createEngine.ts',
        'src/engine/',
      ],
    },
    {
      title: 'Random numbers',
      introduction:
        'Each is a function of a key and an index, so that nothing depends on the order in which they are drawn.',
      from: ['src/tensor/random.ts'],
      only: ['randomKey', 'randomBits', 'randomUniform', 'randomNormal', 'permutation', 'hashText'],
    },
  ],
};

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
      title: 'Cleaning and splitting',
      introduction: '',
      from: [
        'src/data/examples.ts',
        'src/data/cleaning.ts',
        'src/data/split.ts',
        'src/data/groupedSplit.ts',
        'src/data/components.ts',
        'src/data/leaks.ts',
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
