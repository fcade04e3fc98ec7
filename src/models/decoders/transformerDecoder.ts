import { checkpoint } from '../../ops/checkpoint.js';
import { mul } from '../../ops/elementwise.js';
import { sum } from '../../ops/reduce.js';
import { reshape } from '../../ops/shape.js';
import { product } from '../../tensor/dim.js';
import { requireOptions } from '../../tensor/requireOptions.js';
import type { Tensor } from '../../tensor/tensor.js';
import { causalMask } from '../../nn/layers/causalMask.js';
import { LayerNorm } from '../../nn/layers/layerNorm.js';
import { Linear } from '../../nn/layers/linear.js';
import { TokenAndPosition } from '../../nn/layers/tokenAndPosition.js';
import { TransformerDecoderLayer } from '../../nn/layers/transformer.js';
import { Module } from '../../nn/module.js';
import type { Encoded, Encoder } from '../encoders/encoder.js';
import type { TransformerOptions } from '../encoders/transformerEncoder.js';
import { appendedTo, blockCaches, cacheOf } from './blockCaches.js';
import type { Decoder, DecoderStep, DecoderStepInput, Tensors } from './decoder.js';

/** A stack of blocks with causal self-attention and attention over the source (Vaswani et al. 2017). */
export class TransformerDecoder extends Module implements Decoder {
  readonly maxLength: number;
  private readonly input: TokenAndPosition;
  private layers: TransformerDecoderLayer[] = [];
  private readonly norm: LayerNorm | undefined;
  private readonly output: Linear;

  /** @throws UserError for sizes, heads, dropout or names that cannot be. */
  constructor(readonly options: TransformerOptions) {
    super();
    const { size, layers, vocabularySize, norm = 'pre' } = options;
    requireOptions(this, 'a whole number from 1', { layers });
    this.input = new TokenAndPosition(options);
    this.maxLength = this.input.maxLength;
    this.norm = norm === 'pre' ? new LayerNorm(size) : undefined;
    this.output = new Linear(size, vocabularySize);
  }

  get caches(): Decoder['caches'] {
    return blockCaches(this.layers.length, this.options);
  }

  connect(encoder: Encoder): void {
    const options = { ...this.options, memorySize: encoder.outputSize };
    this.layers = Array.from({ length: options.layers }, () => new TransformerDecoderLayer(options));
  }

  forward(ids: Tensor, encoded: Encoded): { features: Tensor; weights: Tensor | undefined } {
    const masks = {
      causal: causalMask(ids.shape[1]!),
      source: overSource(encoded.mask),
    };
    let x = this.input.forward(ids);
    let weights: Tensor | undefined;
    for (const layer of this.layers) {
      const block = (input: Tensor, memory: Tensor) => {
        const result = layer.forward(input, layer.prepare(memory), masks);
        weights = result.weights;
        return result.output;
      };
      x = this.options.gradientCheckpointing
        ? checkpoint(block, x, encoded.output)
        : block(x, encoded.output);
    }
    return { features: this.norm ? this.norm.forward(x) : x, weights: this.meanOverHeads(weights!) };
  }

  readout(features: Tensor): Tensor {
    return this.output.forward(features);
  }

  /** Nothing to carry but the caches, which begin empty. */
  start({ output, mask }: Encoded): { state: Tensors; memory: Tensors } {
    const memory = this.layers.flatMap((layer, i) => {
      const { keys, values } = layer.prepare(output);
      return [
        [memoryName(i, 'keys'), keys],
        [memoryName(i, 'values'), values],
      ] as const;
    });
    return { state: {}, memory: { mask, ...Object.fromEntries(memory) } };
  }

  step({ ids, position, caches, memory }: DecoderStepInput): DecoderStep {
    const { size } = this.options;
    const [batch, beam] = ids.shape;
    const rows = product([batch!, beam!]);
    const source = overSource(memory['mask']!);
    const spread = (x: Tensor) => reshape(x, [batch!, beam!, size]);
    const gather = (x: Tensor) => reshape(x, [rows, 1, size]);
    let x = this.input.step(reshape(ids, [rows, 1]), position);
    const appended: Record<string, Tensor> = {};
    let weights: Tensor | undefined;
    this.layers.forEach((layer, i) => {
      const result = layer.step(x, {
        cache: cacheOf(caches, i, position),
        memory: { keys: memory[memoryName(i, 'keys')]!, values: memory[memoryName(i, 'values')]! },
        source,
        spread,
        gather,
      });
      x = result.output;
      weights = result.weights;
      Object.assign(appended, appendedTo(i, result.own));
    });
    const last = reshape(this.norm ? this.norm.forward(x) : x, [rows, size]);
    return { logits: this.readout(last), state: {}, appended, weights: this.meanOverHeads(weights!) };
  }

  /** Attention of the last block, for people to look at: [batch, heads, time, source] → [batch, time, source]. */
  private meanOverHeads(weights: Tensor): Tensor {
    return mul(sum(weights, [1]), 1 / this.options.heads);
  }
}

function memoryName(layer: number, part: 'keys' | 'values'): string {
  return `memory.${layer}.${part}`;
}

/** A mask of source positions [batch, source], for attentions with heads: [batch, 1, 1, source]. */
function overSource(mask: Tensor): Tensor {
  const [batch, source] = mask.shape;
  return reshape(mask, [batch!, 1, 1, source!]);
}
