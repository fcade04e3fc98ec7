import { takeImages } from '../../data/labelled.js';
import { readIdx } from '../../data/node/idx.js';
import { isImageFile, readImageFile } from '../../data/node/imageFolder.js';
import { readNumbers } from '../../data/node/numbers.js';
import { readRecording } from '../../data/node/recordings.js';
import type { SplitName } from '../../data/split.js';
import { TensorExamples } from '../../data/tensorExamples.js';
import type { EvaluationData } from '../../data/trainingData.js';
import { classificationMetricNames } from '../../metrics/classification.js';
import { probabilityMetricNames } from '../../metrics/probabilities.js';
import type { Classifier } from '../../models/classifier.js';
import { UserError } from '../../tensor/errors.js';
import { ClassifierEvaluator } from '../../train/classifierEvaluator.js';
import { contextKindOf, type AskedText, type ContextKind } from '../askedTexts.js';
import { chosenMetrics } from '../chosenMetrics.js';
import { encodePart, type ClassEncoding, type LabelledData } from '../classExamples.js';
import type { ClassificationConfig } from '../classificationSchema.js';
import { BATCH, classMeasurables, classMetrics } from '../classificationTask.js';
import { someLabelled } from '../labelledRows.js';
import { encodeFeatures } from '../tableInputs.js';
import { encodeTextColumns } from '../textColumns.js';
import { keyOfAnswer, ownData, requireExamples } from './ownData.js';
import { readAsked } from './readAsked.js';
import { hasTextsOnly, readLabelled, readLabelledImages, readLabelledTexts } from './readLabelled.js';
import { readLabelledRows } from './readLabelledRows.js';
import {
  TaskRun,
  type EvaluatedPart,
  type HeadEvaluation,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluationOptions,
} from './taskRun.js';

/** A class and how likely it is. */
export interface ClassPrediction {
  readonly label: string;
  readonly probability: number;
}

type Description = RunDescription<ClassificationConfig, Classifier> & {
  readonly classes: ClassEncoding;
};

/** A trained classifier. */
export class ClassificationRun extends TaskRun<Description> {
  readonly task = 'classification';
  readonly encoding: ClassEncoding;
  readonly evaluator: ClassifierEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.classes;
    this.evaluator = new ClassifierEvaluator(engine, this.model, parameters);
  }

  /** What stands beside a text. */
  get contextKind(): ContextKind {
    return contextKindOf(this.config.model.context, this.encoding.features);
  }

  /** Whether it reads rows of features, and no texts beside them. */
  get readsRows(): boolean {
    const { text, bag, features } = this.encoding;
    return features !== undefined && !text && !bag;
  }

  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<HeadEvaluation> {
    const data = await ('file' in part
      ? this.fileData(part.file)
      : ownData(() => readLabelled(this.config, this.badRows)));
    return this.measure(data, 'file' in part ? 'train' : part.split, metrics);
  }

  /**
   * Figures of the model on a part of labelled data.
   * @param asked names of what is measured, as for `evaluate`. @throws UserError when the part is empty, or does not fit.
   */
  async measure(data: LabelledData, split: SplitName, asked?: readonly string[]): Promise<HeadEvaluation> {
    const known = ['loss', ...classificationMetricNames, ...probabilityMetricNames] as const;
    const chosen = chosenMetrics(this.config, known, asked);
    const examples = encodePart(data, split, this.encoding, this.model);
    requireExamples(examples ? [examples] : [], split);
    const { data: encoded, count, classes, shown } = examples!;
    const evaluation = await this.evaluator.evaluate(encoded, BATCH);
    const { names } = this.encoding.labels;
    const answers = evaluation.answers.map((answer, i) => ({
      source: shown(i),
      references: [names[classes[i]!]!],
      prediction: names[answer.class]!,
    }));
    return {
      metrics: classMetrics(evaluation, chosen),
      decoding: 'the likeliest class',
      answers,
      measurables: classMeasurables(evaluation, chosen),
      keys: answers.map(keyOfAnswer),
      confusion: { names, counts: evaluation.confusion },
      examples: count,
      count: evaluation.count,
      notes: [],
    };
  }

  /**
   * The classes of texts, likeliest first; where the model reads contexts, of texts with theirs.
   * @param originOf where text i stands, for messages.
   * @throws UserError for a text that is empty or too long for the model, or lacks its context, and for a model of features
   * or images.
   */
  async classifyTexts(
    texts: readonly AskedText[],
    originOf = (index: number) => `text ${index + 1}`,
  ): Promise<ClassPrediction[][]> {
    const { text, bag, features, image } = this.encoding;
    if (image) throw new UserError('The model classifies images, not texts. Give a file of images.');
    if (!text && !bag) throw new UserError('The model reads features, not texts. Give a table of them.');
    const kind = this.contextKind;
    const columns = await readAsked(texts, { kind, image: this.config.data.image, originOf });
    return this.classify(encodeTextColumns(columns, { text, bag, features }, this.model.encoder, originOf));
  }

  /** The classes of each row of a table of features, likeliest first. @throws UserError when it has other columns. */
  async classifyRows(file: string): Promise<ClassPrediction[][]> {
    const { source } = this.config.data;
    const { features } = this.encoding;
    if (!features || !this.readsRows || !('file' in source))
      throw new UserError(`The model reads no rows of features, as ${file} has them.`);
    const { columns, ...form } = source;
    const table = await readNumbers(file, { ...form, columns: columns.features });
    return this.classify(encodeFeatures(table, features));
  }

  /**
   * The classes of the images in an IDX file, of a PNG or JPEG image or of a WAV recording, likeliest first.
   * @throws UserError when they do not fit the model.
   */
  async classifyImages(path: string): Promise<ClassPrediction[][]> {
    const { image } = this.encoding;
    if (!image) throw new UserError(`The model classifies no images, as ${path} has them.`);
    const { source } = this.config.data;
    if ('recordings' in source) return this.classifyPixels(await readRecording(path, source));
    if (isImageFile(path)) return this.classifyPixels(await readImageFile(path, image));
    const { shape, data } = await readIdx(path);
    if (shape.slice(1).join() !== [image.height, image.width].join())
      throw new UserError(
        `${path}: the images are ${shape.slice(1).join(' × ')}, the model reads ${image.height} × ${image.width}.`,
      );
    return this.classifyPixels(Float32Array.from(data, (value) => value / 255));
  }

  /** @param values of images of the model's size. */
  private classifyPixels(values: Float32Array): Promise<ClassPrediction[][]> {
    const { channels, height, width } = this.encoding.image!;
    return this.classify(new TensorExamples({ input: 'image', shape: [channels, height, width], values }));
  }

  private async classify(data: EvaluationData): Promise<ClassPrediction[][]> {
    const { names } = this.encoding.labels;
    const answers = await this.evaluator.predict(data, BATCH);
    return answers.map(({ probabilities }) =>
      Array.from(probabilities, (probability, i) => ({ label: names[i]!, probability })).sort(
        (a, b) => b.probability - a.probability,
      ),
    );
  }

  /** A file is read as the run's own table is. */
  private async fileData(file: string): Promise<LabelledData> {
    const { source, image } = this.config.data;
    if ('file' in source) {
      const own = { ...source, file };
      if (hasTextsOnly(own)) {
        const train = await readLabelledTexts(own, this.badRows);
        return { texts: { train, validation: [], test: [] } };
      }
      const train = await readLabelledRows(own, { badRows: this.badRows, image });
      const none = someLabelled(train, () => false);
      return { rows: { train, validation: none, test: none } };
    }
    if (!('folder' in source || 'recordings' in source))
      throw new UserError(
        'A file (--data; in code { file }) holds labelled texts, or images or recordings where the model was trained on a folder of them. Measure a part of the run’s own data (--split; in code { split }).',
      );
    const place = 'folder' in source ? { ...source, folder: file } : { ...source, recordings: file };
    const train = await readLabelledImages(place, this.badRows);
    return { images: { train, validation: takeImages(train, []), test: takeImages(train, []) } };
  }
}
