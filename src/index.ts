/**
 * heddle, the part that runs anywhere: models, layers, ops, training, decoding, metrics, text and data. An engine that
 * runs graphs comes from `heddle/node`.
 */

// Tensors and ops
export { UserError } from './tensor/errors.js';
export type { DType, TypedArray } from './tensor/dtype.js';
export type { Dim, Shape } from './tensor/dim.js';
export {
  hashText,
  permutation,
  randomBits,
  randomKey,
  randomNormal,
  randomUniform,
} from './tensor/random.js';
export { constant, input, Tensor } from './tensor/tensor.js';
export { batchNorm, type BatchStatistics } from './ops/batchNorm.js';
export { checkpoint } from './ops/checkpoint.js';
export { ctcFrames, ctcLoss, type CtcOptions } from './ops/ctc.js';
export { conv } from './ops/convolution.js';
export * from './ops/elementwise.js';
export { embedding, packRows, reverseSequence, topK, unpackRows } from './ops/gather.js';
export { layerNorm } from './ops/layerNorm.js';
export { linear, matmul } from './ops/matmul.js';
export { averagePool, maxPool, type PoolOptions } from './ops/pool.js';
export { argMax, max, sum } from './ops/reduce.js';
export { scan, type ScanOptions } from './ops/scan.js';
export {
  concat,
  expand,
  fill,
  positions,
  randomMask,
  reshape,
  shift,
  size,
  split,
  transpose,
} from './ops/shape.js';
export { crossEntropy, logSoftmax, softmax } from './ops/softmax.js';
export type { PerAxis, WindowOptions } from './ops/window.js';
export { gradients } from './autodiff/gradients.js';
export { exportGraph, type ExportedGraph, type GraphInput } from './onnx/exportGraph.js';

// Engine
export type { Engine, HostTensor, Kernels, Program } from './engine/engine.js';
export { compileGraph, type CompiledGraph } from './engine/compileGraph.js';
export type { Feeds } from './engine/feeds.js';

// Layers and models
export * from './nn/initializers.js';
export { kMeans, type Clusters } from './nn/kMeans.js';
export { collectUpdates, inTraining, isTraining, recordUpdate } from './nn/mode.js';
export { Module, modulesOf, Parameter, parametersOf } from './nn/module.js';
export * from './nn/layers/attention.js';
export { BatchNorm, type BatchNormOptions } from './nn/layers/batchNorm.js';
export {
  cellTypes,
  createCell,
  GRUCell,
  LSTMCell,
  recurrentActivations,
  RecurrentCell,
  RNNCell,
  type CellType,
  type RecurrentActivation,
} from './nn/layers/cells.js';
export { Conv1d, Conv2d, type ConvolutionOptions } from './nn/layers/convolution.js';
export { Dropout, VariationalDropout } from './nn/layers/dropout.js';
export { Embedding } from './nn/layers/embedding.js';
export { FeatureLayer } from './nn/layers/feature.js';
export { causalMask } from './nn/layers/causalMask.js';
export { ConcatenationFusion } from './nn/layers/fusion/concatenationFusion.js';
export * from './nn/layers/fusion/createFusion.js';
export { CrossAttentionFusion } from './nn/layers/fusion/crossAttentionFusion.js';
export { FilmFusion } from './nn/layers/fusion/filmFusion.js';
export { Fusion, type FusionContext } from './nn/layers/fusion/fusion.js';
export { GatedFusion } from './nn/layers/fusion/gatedFusion.js';
export { SoftmaxFusion } from './nn/layers/fusion/softmaxFusion.js';
export { LayerNorm } from './nn/layers/layerNorm.js';
export { Linear } from './nn/layers/linear.js';
export * from './nn/layers/mlp.js';
export * from './nn/layers/multiHeadAttention.js';
export * from './nn/layers/pooling.js';
export * from './nn/layers/positions.js';
export { RadialBasis } from './nn/layers/radialBasis.js';
export { RadialBasisNetwork } from './nn/layers/radialBasisNetwork.js';
export { GRU, LSTM, Recurrent, RNN, type RecurrentOptions } from './nn/layers/recurrent.js';
export { rotate } from './nn/layers/rotary.js';
export { ResidualBlock, type ResidualBlockOptions } from './nn/layers/residualBlock.js';
export * from './nn/layers/subsampling.js';
export { AveragePool, GlobalAveragePool, MaxPool } from './nn/layers/spatialPooling.js';
export { TokenAndPosition, type TokenAndPositionOptions } from './nn/layers/tokenAndPosition.js';
export { TokenWindow, type TokenWindowOptions } from './nn/layers/tokenWindow.js';
export * from './nn/layers/transformer.js';
export * from './losses/adversarial.js';
export * from './losses/binaryCrossEntropy.js';
export * from './losses/contrastive.js';
export * from './losses/crossEntropy.js';
export { exampleMean, meanLoss, zeroMasked } from './losses/masking.js';
export * from './losses/regression.js';
export type { Trainable } from './models/trainable.js';
export { Classifier, type ClassifierOptions } from './models/classifier.js';
export { MultiLabelClassifier, type MultiLabelClassifierOptions } from './models/multiLabelClassifier.js';
export {
  ImageFeatures,
  InputFeatures,
  TextFeatures,
  type FeatureEncoder,
  type InputFeaturesOptions,
  type VectorModule,
} from './models/featureEncoder.js';
export { BagFeatures, type BagFeaturesOptions } from './models/bagFeatures.js';
export {
  ContextSequence,
  PlaceFeatures,
  TokenFeatures,
  type ContextEncoder,
} from './models/contextEncoder.js';
export { FusedFeatures } from './models/fusedFeatures.js';
export { sourceInputs, sourceMask, type Encoded, type Encoder } from './models/encoders/encoder.js';
export * from './models/encoders/frameEncoder.js';
export { FusedEncoder } from './models/encoders/fusedEncoder.js';
export * from './models/encoders/convolutionalEncoder.js';
export * from './models/encoders/imageEncoder.js';
export { RecurrentEncoder, type RecurrentEncoderOptions } from './models/encoders/recurrentEncoder.js';
export * from './models/encoders/transformerEncoder.js';
export type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './models/decoders/decoder.js';
export { RecurrentDecoder, type RecurrentDecoderOptions } from './models/decoders/recurrentDecoder.js';
export { TransformerDecoder } from './models/decoders/transformerDecoder.js';
export type { Generative } from './models/generative.js';
export * from './models/languageModel.js';
export { HiddenLayers, type HiddenLayersOptions } from './models/vectorEncoders.js';
export { Regressor, type RegressorOptions } from './models/regressor.js';
export type { ValueLossOptions, ValueLossType } from './models/valueLoss.js';
export { requireAlignable, requireFrames } from './models/alignable.js';
export * from './models/ctcModel.js';
export { coverageLoss } from './models/coverageLoss.js';
export { Seq2Seq, seq2seqInputs, type Seq2SeqInputs } from './models/seq2seq.js';
export { Tagger, type TaggerOptions } from './models/tagger.js';
export { MaskedLanguageModel } from './models/maskedLanguageModel.js';
export { MultiTask, type WeightedTask } from './models/multiTask.js';
export type { TokenLabels } from './models/tokenLabels.js';
export { DirectForecaster, type DirectForecasterOptions } from './models/forecasters/directForecaster.js';
export { Forecaster, type ForecasterOptions } from './models/forecasters/forecaster.js';
export { LinearForecaster } from './models/forecasters/linearForecaster.js';
export * from './models/forecasters/recurrentForecaster.js';
export * from './models/forecasters/seriesEncoders.js';

// Optimisation
export * from './optimizers/adafactor.js';
export * from './optimizers/adaptive.js';
export * from './optimizers/transforms.js';
export { chain, type GradientTransform, type Optimizer } from './optimizers/transform.js';
export * from './schedules/samplingSchedule.js';
export * from './schedules/schedules.js';

// Text and data
export * from './text/tokenizer.js';
export type { SubwordOptions } from './text/subwords/alphabet.js';
export { BpeTokenizer } from './text/subwords/bpe.js';
export * from './text/subwords/bpeDropout.js';
export { trainBpe, type BpeOptions } from './text/subwords/trainBpe.js';
export { trainUnigram } from './text/subwords/trainUnigram.js';
export { trainWordPiece } from './text/subwords/trainWordPiece.js';
export { UnigramTokenizer, type ScoredPiece } from './text/subwords/unigram.js';
export { WordPieceTokenizer } from './text/subwords/wordPiece.js';
export { CountVectorizer, type FeatureLimits, type TermOptions } from './text/countVectorizer.js';
export { toDense, type SparseRows } from './text/sparseRows.js';
export { TfidfVectorizer, type TfidfOptions, type WeightOptions } from './text/tfidfVectorizer.js';
export {
  bagsOf,
  featuresOfBag,
  vectorizerFromJson,
  vectorizerToJson,
  type BagEncoding,
} from './text/vectorizerJson.js';
export * from './text/tokenizerJson.js';
export { NormalizingTokenizer, normalizeText, type TextNormalization } from './text/normalization.js';
export {
  END,
  PAD,
  specialTokens,
  START,
  UNKNOWN,
  Vocabulary,
  type VocabularyLimits,
} from './text/vocabulary.js';
export {
  pairBatch,
  sourceBatch,
  type Batch,
  type GenerationBatch,
  ctcBatch,
  type CtcBatch,
  type SourceBatch,
} from './data/batching.js';
export {
  buildEncoding,
  encodeExamples,
  encodeSource,
  type EncodingLimits,
  type LeftOutPair,
  PairDataset,
} from './data/dataset.js';
export { trainEncoding, type EncodingOptions } from './data/trainEncoding.js';
export { FrameSequences, type FrameSequencesOptions } from './data/frameSequences.js';
export { fitBands, SpokenDataset, type Spoken } from './data/spokenDataset.js';
export { logMelSpectrogram, type MelOptions, type Spectrogram } from './data/audio/melSpectrogram.js';
export type { Recording } from './data/audio/recording.js';
export { resample } from './data/audio/resample.js';
export { decodeWav } from './data/audio/wav.js';
export { BadRows, badRowPolicies, type BadRow, type BadRowPolicy } from './data/badRows.js';
export type { NumberTable } from './data/numberTable.js';
export { imageExamples } from './data/imageExamples.js';
export type { Images } from './data/images.js';
export { takeImages, type LabelledImages, type LabelledText } from './data/labelled.js';
export { shuffled, type ShuffleOptions } from './data/shuffled.js';
export type { Survey, TableSurvey, TextSurvey } from './data/survey.js';
export type { Column, Separator, TableFormat, TableSource } from './data/tableSource.js';
export { packSequences, SequencePacker, type TokenSequences } from './data/sequences.js';
export { planEpoch, planEvaluation } from './data/epochPlan.js';
export { AugmentedData, type Augmentation } from './data/augmentedData.js';
export * from './data/augmentations.js';
export * from './data/cleaning.js';
export * from './data/recutTexts.js';
export * from './data/audio/soundAugmentations.js';
export { componentKeys } from './data/components.js';
export { partition, splitGroups, type GroupedSplitOptions } from './data/groupedSplit.js';
export * from './data/timeSplit.js';
export * from './data/splitColumns.js';
export type { SplitMarks } from './data/splitMarks.js';
export { hasHeader, profileColumns, type ColumnKind, type ColumnProfile } from './data/profile.js';
export { recogniseTask, type Recognised } from './data/recognise.js';
export { findEqualRows, type EqualRows, type NumberRows } from './data/equalRows.js';
export { findLeaks, groupingKey, normalizedText, type Leak } from './data/leaks.js';
export { Documents } from './data/documents.js';
export { languageBatch } from './data/languageBatch.js';
export { shiftRight, type Shifted } from './data/shift.js';
export { TextWindows } from './data/textWindows.js';
export { joinTexts } from './data/joinTexts.js';
export { classLabels, valueLabels, type Labels } from './data/labels.js';
export { contextTensors, contextTexts, type ContextTensorsOptions } from './data/contexts.js';
export { SeriesWindows, type SeriesWindowsOptions } from './data/seriesWindows.js';
export { ColumnScaler } from './data/columnScaler.js';
export { MinMaxScaler } from './data/minMaxScaler.js';
export { StandardScaler } from './data/standardScaler.js';
export { TensorExamples, type TensorExamplesOptions } from './data/tensorExamples.js';
export { bagExamples } from './data/bagExamples.js';
export { TextExamples } from './data/textExamples.js';
export { tagLabels } from './data/tokenLabels.js';
export { LabelSet } from './text/labelSet.js';
export { MASK_TOKEN, sentinelIds, sentinelTokens } from './text/reservedTokens.js';
export { DenoisingTexts, type DenoisingTextsOptions } from './data/denoisingTexts.js';
export { MaskedTexts, maskTokens, type MaskedText, type MaskedTextsOptions } from './data/maskedTexts.js';
export { corruptSpans, fillSpans, spanCounts, spansOf, type SpanOptions } from './data/spanCorruption.js';
export type { BatchLimit, EncodedPairs, EvaluationData, TrainingData } from './data/trainingData.js';
export { groupBySource, type Example, type Pair } from './data/examples.js';
export { splitOf, type SplitName, type SplitOptions } from './data/split.js';
export { splitExamples, type ExampleSplitOptions } from './data/splitExamples.js';
export { loadVectors, type VectorCoverage, type WordVector } from './data/wordVectors.js';
export { toyExamples, toyTasks, type ToyTask } from './data/toy.js';

// Metrics
export type { AnsweredText } from './metrics/answeredText.js';
export { averagePrecision, rocAuc, type SeparatedScores } from './metrics/areaUnderCurve.js';
export {
  bleu,
  bleuSignature,
  sentenceBleu,
  type BleuOptions,
  type BleuScore,
  type BleuSmoothing,
} from './metrics/bleu.js';
export { chrf, chrfSignature, type ChrfOptions } from './metrics/chrf.js';
export * from './metrics/classification.js';
export * from './metrics/decodedMetrics.js';
export * from './metrics/entities.js';
export type { Measurable } from './metrics/exampleSums.js';
export type { Drawing } from './metrics/drawing.js';
export { editDistance } from './metrics/editDistance.js';
export {
  characterErrorRate,
  exactMatch,
  nearestReference,
  tokenErrorRate,
  wordEditRate,
  wordErrorRate,
  type DecodedExample,
} from './metrics/errorRates.js';
export * from './metrics/metrics.js';
export * from './metrics/multiLabel.js';
export { printedScore } from './metrics/printedScore.js';
export * from './metrics/probabilities.js';
export * from './metrics/ranking.js';
export * from './metrics/resampling.js';
export { rouge, rougeScore, type RougeName, type RougeScore } from './metrics/rouge.js';
export { ter, terSignature, type TerOptions } from './metrics/ter.js';
export { translationEdits } from './metrics/shiftDistance.js';
export { bleuTokenizers, type BleuTokenizer } from './metrics/textTokenizers.js';
export * from './metrics/values.js';

// Decoding
export { forbidTokens, noRepeatedNgram, repetitionPenalty, type Adjustment } from './decode/adjustments.js';
export { Constraints } from './decode/constraints.js';
export { createSearch, type BeamOptions, type BeamSearch } from './decode/beamSearch.js';
export * from './decode/ctcDecoding.js';
export { createCtcSearch } from './decode/ctcSearch.js';
export type { AnswerShape } from './decode/answerShape.js';
export type {
  DecodingOptions,
  RepetitionOptions,
  SearchOptions,
  WritingOptions,
} from './decode/decodingOptions.js';
export type { Hypothesis } from './decode/hypotheses.js';
export * from './decode/sampling.js';
export * from './decode/predictor.js';
export { TextGenerator, type GenerateOptions } from './decode/textGenerator.js';
export { createAttentionReader, createScorer, type BatchScore } from './decode/scorer.js';

// Training
export type { AnsweredExample } from './train/decodedAnswers.js';
export { Evaluator, type Evaluation, type EvaluationOptions } from './train/evaluator.js';
export { LanguageEvaluator, type LanguageData } from './train/languageEvaluator.js';
export { BatchProgram, type BatchResult } from './train/batchProgram.js';
export * from './train/classifierEvaluator.js';
export { CtcEvaluator } from './train/ctcEvaluator.js';
export { pairsForCtc, recordingsForCtc, textsForCtc, type CtcExamples } from './train/ctcExamples.js';
export { TaggerEvaluator, type TagAnswer } from './train/taggerEvaluator.js';
export { MaskedLanguageEvaluator, type MaskGuess } from './train/maskedLanguageEvaluator.js';
export { ValueEvaluator, type ValueEvaluation, type ValueModel } from './train/valueEvaluator.js';
export { averageParameters } from './train/averageParameters.js';
export { DivergedError } from './train/divergedError.js';
export * from './train/learningRateFinder.js';
export { learningRateSvg } from './train/learningRateSvg.js';
export { ParameterStore } from './train/parameterStore.js';
export * from './train/trainer.js';
export { TrainStep, type StepResult, type TrainingBatch } from './train/trainStep.js';

// Search of values
export { importances, type Importance } from './tune/importance.js';
export { ranking, scoredTrials, winner, type Job, type Search, type Trial } from './tune/search.js';

// Formats
export { attentionSvg, attentionText, type AttentionExample } from './formats/attentionPicture.js';
export { lineChartSvg, type LineChart, type Series } from './formats/lineChart.js';
export { textPicture, type Picture, type TextPictureOptions } from './formats/textPicture.js';
export type { MetricsRow } from './formats/metricsRow.js';
export { reportHtml, type Report, type ReportSample } from './formats/report.js';
export * from './formats/safetensors.js';

// Configurations
export { buildClassificationTask, type ClassificationTask } from './config/classificationTask.js';
export type { ClassEncoding, LabelledData } from './config/classExamples.js';
export type { LabelledRows } from './config/labelledRows.js';
export { buildCtcTask, type CtcTask } from './config/ctcTask.js';
export { buildSpeechTask, type SpeechEncoding, type SpeechTask } from './config/speechTask.js';
export { buildDenoisingTask, type DenoisingTask } from './config/denoisingTask.js';
export { buildForecastingTask, type ForecastingTask } from './config/forecastingTask.js';
export { drawWeights, takeOver, type KnownEncodings, type Pretrained } from './config/initialValues.js';
export {
  buildLanguageTask,
  type EncodedTexts,
  type LanguageTask,
  type TextExample,
} from './config/languageTask.js';
export { buildMaskedLanguageTask, type MaskedLanguageTask } from './config/maskedLanguageTask.js';
export { buildPairTask, type PairEncoding, type PairTask } from './config/pairTask.js';
export { formatConfig, parseConfig } from './config/parseConfig.js';
export { buildMultiLabelTask, type MultiLabelTask } from './config/multiLabelTask.js';
export { buildMultiTask, type JointTask } from './config/multiTask.js';
export { buildRegressionTask, type RegressionTask } from './config/regressionTask.js';
export { buildTaggingTask, type TaggingTask } from './config/taggingTask.js';
export { badRowsOf, withOnBadRow } from './config/badRowPolicy.js';
export * from './config/dataSummary.js';
export { formatProposal, propose } from './config/proposal/propose.js';
export type * from './config/proposal/proposal.js';
export { minimalConfigs } from './config/minimalConfigs.js';
export { configReference } from './config/reference.js';
export type { TaskData, TasksData } from './config/taskData.js';
export type { TableInputs } from './config/tableInputs.js';
export type { ValuedExamples } from './config/valuedExamples.js';
export { configSchemas, type Config, type TaskName } from './config/schema.js';
export type { Task, TaskEvaluator } from './config/task.js';
