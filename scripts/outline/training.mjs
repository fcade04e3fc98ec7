// What docs/training.md holds, in the order of a reader; scripts/referenceDocuments.mjs says how it is read.

export const training = {
  file: 'training.md',
  title: 'Training',
  introduction: `Losses, optimisers, schedules and the trainer, as a program uses them; [config.md](config.md) has the keys of configurations, which say the same. Written from the comments in the sources by \`npm run docs\`. The hands-on part is [a tutorial](tutorials/training-a-model.md); what is trained stands in [layers.md](layers.md).

One update is: loss and gradients of a batch in one program, both as *sums* → (further batches are added) → division by what the loss counts → the gradient transforms, in the order of the chain → p ← p − learningRate · factor(step) · update.

| to do | take |
|---|---|
| a first try of anything | \`chain(clipByGlobalNorm(1), adamW({ learningRate }))\` with \`cosine\` or \`inverseSqrt\` and a warm-up |
| a learning rate to begin with | \`findLearningRate\`, or \`heddle find-rate\` |
| better results for nothing | \`averageDecay: 0.999\`, or the mean of the last checkpoints: \`heddle average\`, \`averageCheckpoints\` |
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
        'src/text/normalization.ts',
        'src/text/countVectorizer.ts',
        'src/text/tfidfVectorizer.ts',
        'src/text/sparseRows.ts',
        'src/text/vectorizerJson.ts',
      ],
    },
    {
      title: 'Data for a trainer',
      introduction:
        'Batches follow from seed and epoch alone, and hold sequences of similar length, so that little padding is computed.',
      from: [
        'src/data/trainingData.ts',
        'src/data/dataset.ts',
        'src/data/node/pairFile.ts',
        'src/data/textWindows.ts',
        'src/data/documents.ts',
        'src/data/textExamples.ts',
        'src/data/bagExamples.ts',
        'src/data/joinTexts.ts',
        'src/data/tensorExamples.ts',
        'src/data/imageExamples.ts',
        'src/data/labelled.ts',
        'src/data/images.ts',
        'src/data/sequences.ts',
        'src/data/shift.ts',
        'src/data/batching.ts',
        'src/data/languageBatch.ts',
        'src/data/epochPlan.ts',
        'src/data/toy.ts',
        'src/data/wordVectors.ts',
        'src/data/spokenDataset.ts',
        'src/data/frameSequences.ts',
        'src/data/labels.ts',
        'src/data/tokenLabels.ts',
        'src/data/contexts.ts',
        'src/text/labelSet.ts',
        'src/data/seriesWindows.ts',
        'src/data/columnScaler.ts',
        'src/data/minMaxScaler.ts',
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
      from: ['src/train/learningRateFinder.ts', 'src/train/learningRateSvg.ts'],
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
        'CheckpointChoice',
        'averageCheckpoints',
        'RunRecorder',
        'RunDirectory',
      ],
    },
  ],
};
