/** A training that was measured, whose data may be like others. */
export interface Evidence {
  readonly kind:
    | 'names'
    | 'sounds'
    | 'sentences'
    | 'verses'
    | 'texts'
    | 'tagged'
    | 'pictures'
    | 'recordings'
    | 'series'
    | 'language';
  readonly examples: number;
  /** The data in words. */
  readonly data: string;
  readonly result: string;
  /** Where it stands, with the recipe. */
  readonly where: string;
}

const evidence: readonly Evidence[] = [
  {
    kind: 'names',
    examples: 12_877,
    data: 'Arabic names of 6 letters in English ones, 12,877 pairs',
    result: '27 % exact, 21 % of the letters wrong',
    where: 'examples/transliteration',
  },
  {
    kind: 'sounds',
    examples: 113_000,
    data: 'English words and their sounds, 113,000 words',
    result: '8 % of the sounds wrong after 2 minutes, 6.4 % after 38',
    where: 'examples/pronounce',
  },
  {
    kind: 'sentences',
    examples: 26_300,
    data: 'Chinese sentences of 10 characters in English ones, 26,300 pairs',
    result: 'BLEU 24, chrF 40',
    where: 'examples/translation',
  },
  {
    kind: 'verses',
    examples: 13_240,
    data: 'Tang couplets and those that follow, 13,240 pairs',
    result: 'perplexity 84 per character, nearly all in the right form',
    where: 'examples/poems',
  },
  {
    kind: 'texts',
    examples: 4000,
    data: 'text messages, 4,000, of which 13 % are spam',
    result: '99 % right, mean F1 98 %',
    where: 'examples/spam',
  },
  {
    kind: 'tagged',
    examples: 13_784,
    data: 'spoken requests of 9 words, 13,784 of 7 intents',
    result: '98 % of the intents right, F1 of the slots 91 %',
    where: 'examples/snips',
  },
  {
    kind: 'pictures',
    examples: 57_000,
    data: 'grey pictures of 28 × 28, 57,000 of 10 kinds of clothes',
    result: '92 % right',
    where: 'examples/images',
  },
  {
    kind: 'pictures',
    examples: 7_470,
    data: 'handwritten digits of 28 × 28, 7,470',
    result: '98 % right',
    where: 'examples/images',
  },
  {
    kind: 'recordings',
    examples: 2569,
    data: 'spoken digits of six voices, 2,569 recordings of up to a second',
    result: '99 % right, of the same voices',
    where: 'examples/audio',
  },
  {
    kind: 'series',
    examples: 8640,
    data: 'hourly loads of a transformer station, 8,640 hours, the next 96',
    result: 'mean squared error 0.38 of standardised values, where repeating the last row has 1.29',
    where: 'examples/time-series',
  },
  {
    kind: 'language',
    examples: 1_003_854,
    data: 'plays of Shakespeare, a million characters',
    result: 'loss 1.81 nats per character after a minute',
    where: 'examples/language-model',
  },
];

/** What is to be said of data like which none were measured. */
export const unmeasured =
  'nothing like these data was measured; the figures of the first validations will tell.';

/** What was measured of data of a kind, the nearest in size, in a sentence. */
export function expectation(kind: Evidence['kind'], examples: number): string {
  const distance = (each: Evidence) => Math.abs(Math.log(each.examples / Math.max(1, examples)));
  const own = evidence.filter((each) => each.kind === kind);
  const nearest = own.reduce<Evidence | undefined>(
    (best, each) => (best && distance(best) <= distance(each) ? best : each),
    undefined,
  );
  if (!nearest) return unmeasured;
  const factor = examples / nearest.examples;
  const size =
    factor < 0.3
      ? ' You have fewer examples: expect less.'
      : factor > 3
        ? ' You have more examples: expect more.'
        : '';
  return `measured of ${nearest.data}: ${nearest.result} (${nearest.where}).${size} How hard your data are, only the test will say.`;
}
