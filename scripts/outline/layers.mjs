// What docs/layers.md holds, in the order of a reader; scripts/referenceDocuments.mjs says how it is read.

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
        'src/nn/layers/tokenWindow.ts',
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
        'src/nn/layers/subsampling.ts',
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
        'src/models/bagFeatures.ts',
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
