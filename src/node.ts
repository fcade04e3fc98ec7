/** heddle in Node: everything of `heddle`, an engine, files and run directories. */
export * from './index.js';
export { createEngine, type EngineOptions, type ExecutorName } from './engine/node/createEngine.js';
export { readCmudict } from './data/node/cmudict.js';
export { readImageFile, readImageFolder, type ImageForm } from './data/node/imageFolder.js';
export { lineBlocks, readLines, type Line } from './data/node/lines.js';
export { readNumbers, type NumbersOptions } from './data/node/numbers.js';
export { PairFile, PairFileWriter } from './data/node/pairFile.js';
export { readRows, tableColumns, type Row, type RowsOptions } from './data/node/rows.js';
export { filesInTable, filesOfClasses, type LabelledFile } from './data/node/labelledFiles.js';
export { readFrames, readRecordings, type RecordingForm } from './data/node/recordings.js';
export { surveyData, type SurveyOptions } from './data/node/survey/surveyData.js';
export { readTsv, type TsvOptions } from './data/node/tsv.js';
export { readWav } from './data/node/wav.js';
export { readWordVectors } from './data/node/wordVectors.js';
export { Checkpoints, type Checkpoint, type CheckpointChoice } from './formats/node/checkpoints.js';
export { EventFile } from './formats/node/eventFile.js';
export { RunDirectory } from './formats/node/runDirectory.js';
export { StepLinesFile } from './formats/node/stepLinesFile.js';
export { averageCheckpoints } from './train/node/averageCheckpoints.js';
export { loadParameters, saveParameters } from './train/node/parametersFile.js';
export { RunRecorder } from './train/node/runRecorder.js';
export { readConfig, type NamedConfig } from './config/node/readConfig.js';
export { readDataParts, type DataReading } from './config/node/readDataParts.js';
export { cleanersOf, type Cleaners } from './config/node/cleanTexts.js';
export { readExamples } from './config/node/readExamples.js';
export { readSpoken } from './config/node/readSpoken.js';
export { readTexts } from './config/node/readTexts.js';
export { prepareTask } from './config/node/prepareTask.js';
export { averageRun, type AveragedRun, type AverageRunOptions } from './config/node/averageRun.js';
export { ClassificationRun, type ClassPrediction } from './config/node/classificationRun.js';
export type { AskedText, TextWithContext } from './config/askedTexts.js';
export { CtcRun } from './config/node/ctcRun.js';
export { DenoisingRun, type FilledHoles, type FillOptions } from './config/node/denoisingRun.js';
export { SpeechRun } from './config/node/speechRun.js';
export { ForecastingRun } from './config/node/forecastingRun.js';
export { LanguageRun } from './config/node/languageRun.js';
export { RegressionRun } from './config/node/regressionRun.js';
export { TaggingRun } from './config/node/taggingRun.js';
export { MaskedLanguageRun } from './config/node/maskedLanguageRun.js';
export { MultiLabelRun } from './config/node/multiLabelRun.js';
export { MultiTaskRun, type HeadAnswer, type HeadRun } from './config/node/multiTaskRun.js';
export { PairRun } from './config/node/pairRun.js';
export { describeRun, openRun, type TrainedRun } from './config/node/trainedRun.js';
export type {
  EvaluatedPart,
  NamedConfusion,
  RunDescription,
  RunEvaluation,
  RunEvaluationOptions,
} from './config/node/taskRun.js';
export {
  compareRuns,
  pairedTests,
  type CompareRunsOptions,
  type MeasuredRun,
  type PairedTest,
  type RunComparison,
} from './config/node/compareRuns.js';
export {
  crossValidate,
  foldsOf,
  summarizeFolds,
  type CrossValidateOptions,
  type Fold,
  type FoldFigure,
  type FoldsSummary,
} from './config/node/crossValidate.js';
export { planSearch, type SearchPlan } from './config/node/searchPlan.js';
export {
  runSearch,
  type RunSearchOptions,
  type SearchObserver,
  type SearchResult,
} from './config/node/runSearch.js';
export { bestConfig, writeSearchReport, type SearchReportOptions } from './config/node/searchReport.js';
export type { TrialProgress } from './config/node/trialProcess.js';
export {
  trainRun,
  type TrainingObserver,
  type TrainRunOptions,
  type ValidationEvent,
} from './config/node/trainRun.js';
