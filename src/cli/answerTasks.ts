import type { HeadAnswer, MultiTaskRun } from '../config/node/multiTaskRun.js';
import { shownValue } from '../config/values.js';
import { plainText, type Answerer } from './answerEach.js';
import { classCells, refuseWriting } from './classify.js';
import type { Arguments } from './command.js';
import { taggedJson, taggedLine } from './tag.js';
import { tellUnknown } from './tellUnknown.js';

/**
 * Says what each task has to say of each text: `text ⇥ task ⇥ answer`, a task a line, a class a line with n-best.
 * @throws UserError for options that do not go with it.
 */
export function tasksAnswerer(run: MultiTaskRun, args: Arguments): Answerer {
  refuseWriting(args, [], 'this one says what each of its tasks does');
  const shown = args.count('n-best') ?? 1;
  return async (asked) => {
    const texts = asked.map((each) => plainText(each, run.encoding));
    const answers = await run.predict(texts, (i) => asked[i]!.origin);
    tellUnknown(asked, run.encoding);
    return answers.map((tasks, i) => {
      const { text } = asked[i]!;
      const said = Object.entries(tasks);
      if (!args.flag('json'))
        return said.flatMap(([name, answer]) =>
          linesOf(answer, shown).map((line) => `${text}\t${name}\t${line}`),
        );
      const named = said.map(([name, answer]) => [name, asJson(answer, shown)] as const);
      return [JSON.stringify({ text, tasks: Object.fromEntries(named) })];
    });
  };
}

function linesOf(answer: HeadAnswer, shown: number): string[] {
  if ('classes' in answer) return answer.classes.slice(0, shown).map(classCells);
  if ('tags' in answer) return [taggedLine(answer)];
  return [Object.values(answer.values).map(shownValue).join('\t')];
}

function asJson(answer: HeadAnswer, shown: number): object {
  if ('classes' in answer) return { classes: answer.classes.slice(0, shown) };
  return 'tags' in answer ? taggedJson(answer) : answer;
}
