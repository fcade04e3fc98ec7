import { UserError } from '../tensor/errors.js';

/**
 * Refuses one string where a list of texts belongs: strings are iterable too, and each character would be taken for a text.
 * @param owner what takes the texts, for the message.
 * @throws UserError for a string.
 */
export function requireTexts(owner: string, texts: Iterable<string>): void {
  if (typeof texts === 'string')
    throw new UserError(
      `${owner}: the texts are a single string, of which each character would be a text; give a list of texts: [text], or text.split('\\n').`,
    );
}
