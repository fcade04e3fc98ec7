// Times the training of byte-pair encoding on one core, and prints one JSON object: node bench/subwords.mjs
// The text is made up: 20 MB with more than 300,000 distinct words, whose frequencies follow Zipf's law.
import { cpus } from 'node:os';
import { trainBpe } from 'heddle';

const bytes = 20e6;
const lexicon = 1_000_000;
const merges = 16_000;
const syllables = [...'bdfgklmnprstvwz'].flatMap((a) =>
  [...'aeiou'].flatMap((e) => ['', 'n', 'r', 's', 't'].map((o) => a + e + o)),
);

let state = 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;

/** The word of a rank: frequent ones are short. */
function spell(rank) {
  let word = '';
  for (let rest = rank * 7 + 3; rest > 0; rest = Math.floor(rest / syllables.length)) {
    word += syllables[(rest * 131) % syllables.length];
  }
  return word;
}

const lines = [];
const distinct = new Set();
for (let length = 0; length < bytes;) {
  const words = Array.from({ length: 12 }, () => {
    const rank = Math.floor(lexicon ** random());
    distinct.add(rank);
    return spell(rank);
  });
  lines.push(words.join(' '));
  length += lines.at(-1).length + 1;
}

const start = performance.now();
const before = process.cpuUsage();
const { vocabulary, tokenizer } = trainBpe(lines, { vocabularySize: 4 + 256 + merges, byteLevel: true });
const seconds = (performance.now() - start) / 1000;
const used = process.cpuUsage(before);
const encoding = performance.now();
let tokens = 0;
for (const line of lines) tokens += vocabulary.encode(tokenizer.tokenize(line)).length;
console.log(
  JSON.stringify({
    cpu: cpus()[0].model,
    megabytes: bytes / 1e6,
    distinctWords: distinct.size,
    merges: tokenizer.merges.length,
    trainingSeconds: seconds,
    trainingCpuSeconds: (used.user + used.system) / 1e6,
    encodingMegabytesPerSecond: bytes / 1e3 / (performance.now() - encoding),
    bytesPerToken: bytes / tokens,
    mebibytes: process.memoryUsage().rss / 2 ** 20,
  }),
);
