// What a memory of the training data alone can do: the translation of the training sentence that is most like the source,
// by the cosine of TF-IDF weights. node examples/translation/nearest.mjs examples/translation/zh-en.yaml
import { bleu, bleuSignature, chrf, chrfSignature, TfidfVectorizer } from 'heddle';
import { readConfig, readExamples } from 'heddle/node';

const config = await readConfig(process.argv[2]);
const { train, test } = await readExamples(config);
const chinese = /\p{Script=Han}/u.test(train[0].source);
const vectorizer = TfidfVectorizer.fit(
  train.map(({ source }) => source),
  chinese ? { analyzer: 'character', ngrams: [1, 2] } : { analyzer: 'word', ngrams: [1, 2] },
);
const [known, asked] = [train, test].map((part) => vectorizer.transform(part.map(({ source }) => source)));

// By feature: the training sentences that have it.
const postings = new Map();
for (let row = 0; row < known.rows; row++)
  for (let entry = known.offsets[row]; entry < known.offsets[row + 1]; entry++) {
    const column = known.indices[entry];
    if (!postings.has(column)) postings.set(column, []);
    postings.get(column).push([row, known.values[entry]]);
  }

const answers = test.map(({ references }, row) => {
  const likeness = new Float64Array(known.rows);
  for (let entry = asked.offsets[row]; entry < asked.offsets[row + 1]; entry++)
    for (const [other, value] of postings.get(asked.indices[entry]) ?? [])
      likeness[other] += value * asked.values[entry];
  const best = likeness.reduce((best, value, i) => (value > likeness[best] ? i : best), 0);
  return { prediction: train[best].references[0], references };
});

const { bleu: options, chrf: chrfOptions } = config.metrics;
console.log(`BLEU ${bleu(answers, options).score.toFixed(2)}  ${bleuSignature(answers, options)}`);
console.log(`chrF ${chrf(answers, chrfOptions).toFixed(2)}  ${chrfSignature(answers, chrfOptions)}`);
