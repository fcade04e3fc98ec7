/** Share of the lines that must end in a tag. */
const TAGGED = 0.98;

/**
 * Whether lines are in the form of CoNLL: a word and its tags in each, between tabs or spaces, the last of them `O`, `B-…`
 * or `I-…`, and a blank line after each sentence.
 * @param lines the first of a file, the last one whole.
 */
export function isConll(lines: readonly string[]): boolean {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  const gaps = lines.filter((line, i) => line.trim() === '' && (lines[i + 1] ?? '').trim() !== '').length;
  if (gaps === 0) return false;
  const words = filled.filter((line) => !/^(#|-DOCSTART-)/.test(line)).map((line) => line.split(/\s+/u));
  const tagged = words.filter((fields) => fields.length > 1 && isTag(fields.at(-1)!));
  return (
    tagged.length >= TAGGED * words.length &&
    // Some entity must begin: a text of which each line ends in an O is none.
    tagged.some((fields) => /^B-|^I-/.test(fields.at(-1)!))
  );
}

function isTag(text: string): boolean {
  return text === 'O' || /^[BIESLU]-\S/.test(text);
}

/** What such a file holds, and how it becomes one that can be trained on. */
export const convertConll =
  'holds a word and its tag in each line and a blank line after each sentence (CoNLL), which training does not read. ' +
  'Write a sentence in each line: its words with spaces between, a tab, and its tags with spaces between. For example: ' +
  `awk 'NF {words = words sep $1; tags = tags sep $NF; sep = " "} !NF && sep {print words "\\t" tags; words = tags = sep = ""} END {if (sep) print words "\\t" tags}' FILE > sentences.tsv`;
