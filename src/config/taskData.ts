import type { LabelledText } from '../data/labelled.js';
import { splitNames, type SplitName } from '../data/split.js';
import type { Tokenizer } from '../text/tokenizer.js';
import { someValued, type ValuedExamples } from './valuedExamples.js';

type Split<Examples> = Readonly<Record<SplitName, Examples>>;

/** The examples of one of several tasks. */
export type TaskData =
  | { readonly task: 'classification' | 'tagging'; readonly data: Split<readonly LabelledText[]> }
  | {
      readonly task: 'regression';
      /** Of texts. */
      readonly data: Split<ValuedExamples>;
    };

/** By their names. */
export type TasksData = Readonly<Record<string, TaskData>>;

/** The texts of a part. */
export function textsOf(own: TaskData, part: SplitName): readonly string[] {
  return own.task === 'regression' ? (own.data[part].texts ?? []) : own.data[part].map(({ text }) => text);
}

/**
 * The tasks without the training texts that any of them is validated or tested on, token by token: a shared encoder would
 * have seen those. Shares are drawn by a hash of the text, so that tasks agree on them; files of their own may not.
 * @returns the tasks, and of each how many texts it was left without.
 */
export function withoutHeldOut(
  tasks: TasksData,
  tokenizer: Tokenizer,
): { tasks: TasksData; leftOut: Readonly<Record<string, number>> } {
  const keyOf = (text: string) => tokenizer.tokenize(text).join(' ');
  const held = new Set(
    Object.values(tasks).flatMap((own) =>
      splitNames.filter((part) => part !== 'train').flatMap((part) => textsOf(own, part).map(keyOf)),
    ),
  );
  const free = (text: string) => !held.has(keyOf(text));
  const kept = Object.entries(tasks).map(([name, own]) => [name, onlyTrainedOn(own, free)] as const);
  const left = kept.map(
    ([name, own]) => [name, textsOf(tasks[name]!, 'train').length - textsOf(own, 'train').length] as const,
  );
  return { tasks: Object.fromEntries(kept), leftOut: Object.fromEntries(left) };
}

/** The training texts that a task was left without, and where they stand. */
export function leftOutTexts(
  given: TaskData,
  kept: TaskData,
): { readonly text: string; readonly origin: string }[] {
  const stayed = new Set(originsOf(kept));
  const origins = originsOf(given);
  return textsOf(given, 'train').flatMap((text, i) => {
    const origin = origins[i]!;
    return stayed.has(origin) ? [] : [{ text, origin }];
  });
}

function originsOf(own: TaskData): readonly string[] {
  return own.task === 'regression' ? own.data.train.origins : own.data.train.map(({ origin }) => origin);
}

function onlyTrainedOn(own: TaskData, wanted: (text: string) => boolean): TaskData {
  if (own.task === 'regression') {
    const { texts } = own.data.train;
    if (!texts) return own;
    const train = someValued(own.data.train, (row) => wanted(texts[row]!));
    return { ...own, data: { ...own.data, train } };
  }
  const train = own.data.train.filter(({ text }) => wanted(text));
  return { ...own, data: { ...own.data, train } };
}
