/** A learning rate of Adam, and why it is taken. */
export interface LearningRate {
  readonly value: number;
  readonly why: string;
}

/** Rates by what is trained. */
export const learningRates = {
  bagOfWords: {
    value: 5e-3,
    why: 'a single layer bears a high rate; examples/spam was trained at it',
  },
  convolutional: {
    value: 2e-3,
    why: 'twice the usual 0.001: small convolutions bear it, and learn in fewer epochs',
  },
  images: {
    value: 2e-3,
    why: 'batch normalisation bears twice the usual 0.001; examples/images was trained at it',
  },
  recurrent: {
    value: 2e-3,
    why: 'for recurrent layers of this size; examples/transliteration and examples/snips were trained at it',
  },
  largeRecurrent: {
    value: 1.5e-3,
    why: 'larger recurrent layers take a little less than the 0.002 of small ones; examples/translation was trained at it',
  },
  transformer: {
    value: 1e-3,
    why: 'transformers diverge at higher ones, the larger the sooner; examples/language-model was trained at it',
  },
  hiddenLayers: {
    value: 2e-3,
    why: 'twice the usual 0.001: a few layers on standardised numbers bear it, and learn in fewer epochs',
  },
  linear: {
    value: 1e-3,
    why: 'the usual one: a linear model finds its only minimum; examples/time-series was trained at it',
  },
} as const satisfies Readonly<Record<string, LearningRate>>;
