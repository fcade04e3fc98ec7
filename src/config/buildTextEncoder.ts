import { ConvolutionalEncoder } from '../models/encoders/convolutionalEncoder.js';
import type { Encoder } from '../models/encoders/encoder.js';
import { RecurrentEncoder } from '../models/encoders/recurrentEncoder.js';
import { TransformerEncoder } from '../models/encoders/transformerEncoder.js';
import type { TextEncoderConfig } from './modelSchema.js';

/** The encoder of texts that a configuration describes, without values. */
export function buildTextEncoder(options: TextEncoderConfig, vocabularySize: number): Encoder {
  switch (options.type) {
    case 'recurrent':
      return new RecurrentEncoder({ ...options, vocabularySize });
    case 'transformer':
      return new TransformerEncoder({ ...options, vocabularySize });
    case 'convolutional':
      return new ConvolutionalEncoder({ ...options, vocabularySize });
  }
}
