import type { TaggedTokens, TaggingRun } from '../config/node/taggingRun.js';
import { entitiesOf } from '../metrics/entities.js';
import { plainText, type Answerer } from './answerEach.js';
import { refuseWriting } from './classify.js';
import type { Arguments } from './command.js';
import { tellUnknown } from './tellUnknown.js';

/** `token/tag token/tag …` */
export function taggedLine({ tokens, tags }: TaggedTokens): string {
  return tokens.map((token, t) => `${token}/${tags[t]!}`).join(' ');
}

/** Tokens and tags with the entities that these mark, for JSON. */
export function taggedJson({ tokens, tags }: TaggedTokens) {
  return { tokens, tags, entities: entitiesOf(tags) };
}

/**
 * Says the tag of each token: `token/tag token/tag …`, a text a line.
 * @throws UserError for options that do not go with it.
 */
export function tagAnswerer(run: TaggingRun, args: Arguments): Answerer {
  refuseWriting(args, ['n-best'], 'this one says a tag of each token');
  return async (asked) => {
    const texts = asked.map((each) => plainText(each, run.encoding));
    const answers = await run.tag(texts, (i) => asked[i]!.origin);
    tellUnknown(asked, run.encoding);
    return answers.map((answer, i) => [
      args.flag('json')
        ? JSON.stringify({ text: asked[i]!.text, ...taggedJson(answer) })
        : taggedLine(answer),
    ]);
  };
}
