import type { LabelledText } from '../../data/labelled.js';
import { packSequences } from '../../data/sequences.js';
import { TextExamples } from '../../data/textExamples.js';
import { counted } from '../../formats/terminal.js';
import type { Tagger } from '../../models/tagger.js';
import type { LabelSet } from '../../text/labelSet.js';
import type { TextEncoding } from '../../text/tokenizerJson.js';
import { UNKNOWN } from '../../text/vocabulary.js';
import { TaggerEvaluator } from '../../train/taggerEvaluator.js';
import { chosenMetrics } from '../chosenMetrics.js';
import type { TaggingConfig } from '../taggingSchema.js';
import { encodeTokens } from '../encodeTokens.js';
import {
  encodeTagged,
  tagFigures,
  taggedTexts,
  tagMeasurables,
  tagMetricsOf,
  TEXTS,
} from '../taggingTask.js';
import { keyOfAnswer, ownData, requireExamples } from './ownData.js';
import { readTagged, readTaggedTexts } from './readTagged.js';
import {
  TaskRun,
  type EvaluatedPart,
  type HeadEvaluation,
  type LoadedParameters,
  type RunDescription,
  type RunEvaluationOptions,
} from './taskRun.js';

/** The tokens of a text, and the tag of each. */
export interface TaggedTokens {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

type Description = RunDescription<TaggingConfig, Tagger> & {
  readonly encodings: { readonly text: TextEncoding };
  readonly tags: LabelSet;
};

/** A trained tagger. */
export class TaggingRun extends TaskRun<Description> {
  readonly task = 'tagging';
  readonly encoding: TextEncoding;
  readonly tags: LabelSet;
  readonly evaluator: TaggerEvaluator;

  constructor(description: Description, loaded: LoadedParameters) {
    super(description, loaded);
    const { engine, parameters } = loaded;
    this.encoding = description.encodings.text;
    this.tags = description.tags;
    this.evaluator = new TaggerEvaluator(engine, this.model, parameters);
  }

  async evaluate(part: EvaluatedPart, { metrics }: RunEvaluationOptions = {}): Promise<HeadEvaluation> {
    const { data } = this.config;
    const texts =
      'file' in part
        ? await readTaggedTexts({ ...data.source, file: part.file }, this.badRows)
        : (await ownData(() => readTagged(data, this.badRows)))[part.split];
    requireExamples(texts, 'file' in part ? 'train' : part.split);
    return this.measure(texts, metrics);
  }

  /**
   * Figures of the model on tagged texts. A tag that the training data lack counts as a wrong one, and nothing to the loss.
   * @param asked names of what is measured, as for `evaluate`. @throws UserError when the texts do not fit.
   */
  async measure(texts: readonly LabelledText[], asked?: readonly string[]): Promise<HeadEvaluation> {
    const chosen = chosenMetrics(this.config, tagMetricsOf(this.tags), asked);
    const examples = encodeTagged(texts, this.encoding, this.tags, this.model);
    const { loss, count: tagCount, answers } = await this.evaluator.evaluate(examples.data, TEXTS);
    const tagged = taggedTexts(answers, examples, this.tags);
    const count = (ids: Int32Array, wanted: number) => ids.filter((id) => id === wanted).length;
    const [unknown, foreign] = [count(examples.texts.ids, UNKNOWN), count(examples.tags.ids, -1)];
    const shown = tagged.map(({ labels, predictions: said }, i) => ({
      source: texts[i]!.text,
      references: [labels.join(' ')],
      prediction: said.join(' '),
    }));
    return {
      metrics: tagFigures(loss, tagged, chosen),
      decoding: 'the likeliest tags',
      answers: shown,
      measurables: tagMeasurables(tagged, chosen),
      keys: shown.map(keyOfAnswer),
      examples: texts.length,
      count: tagCount,
      notes: [
        unknown > 0 ? `${counted(unknown, 'token')} unknown to the model` : '',
        foreign > 0 ? `${counted(foreign, 'tag')} unknown to the model` : '',
      ].filter(Boolean),
    };
  }

  /**
   * The likeliest tag of each token.
   * @param originOf where text i stands, for messages.
   * @throws UserError for a text that is empty, or too long for the model.
   */
  async tag(
    texts: readonly string[],
    originOf = (index: number) => `text ${index + 1}`,
  ): Promise<TaggedTokens[]> {
    const ids = texts.map((text, i) => encodeTokens(text, this.encoding, originOf(i), this.model.encoder));
    const answers = await this.evaluator.predict(new TextExamples(packSequences(ids)), TEXTS);
    return texts.map((text, i) => ({
      tokens: this.encoding.tokenizer.tokenize(text),
      tags: Array.from(answers[i]!, (id) => this.tags.names[id]!),
    }));
  }
}
