/**
 * The characters that stand for the 256 bytes in byte-level tokens, by byte (Radford et al. 2019): printable ones of
 * Latin-1 for themselves, the others from U+0100 on, so that no token has a space or a control character in it.
 */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const bytesOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The bytes of a text in UTF-8, a character each; half a surrogate pair is read as U+FFFD. */
export function toByteCharacters(text: string): string {
  let characters = '';
  for (const byte of encoder.encode(text)) characters += byteCharacters[byte]!;
  return characters;
}

/** The text of such characters; bytes that are no UTF-8 become U+FFFD. Other characters stand for themselves. */
export function fromByteCharacters(characters: string): string {
  const bytes: number[] = [];
  for (const character of characters) {
    const byte = bytesOf.get(character);
    if (byte === undefined) bytes.push(...encoder.encode(character));
    else bytes.push(byte);
  }
  return decoder.decode(Uint8Array.from(bytes));
}
