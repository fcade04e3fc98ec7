import type { Fusion } from '../../nn/layers/fusion/fusion.js';
import type { Recurrent } from '../../nn/layers/recurrent.js';
import { Module } from '../../nn/module.js';
import type { Tensor } from '../../tensor/tensor.js';
import { fusionContext, type ContextEncoder } from '../contextEncoder.js';
import type { Encoded, Encoder } from './encoder.js';

/**
 * An encoder whose output is fused with a context at each place, so that a decoder or a tagger knows it too: e_t =
 * fusion(h_t, context). Final states go on as they are. The context reads named inputs of its own, which every batch
 * supplies beside the source.
 */
export class FusedEncoder extends Module implements Encoder {
  readonly encoder: Encoder;
  readonly context: ContextEncoder;
  readonly fusion: Fusion;

  /** @param parts `fusion` for the features that both have; see `createFusion`. */
  constructor({ encoder, context, fusion }: { encoder: Encoder; context: ContextEncoder; fusion: Fusion }) {
    super();
    this.encoder = encoder;
    this.context = context;
    this.fusion = fusion;
  }

  get outputSize(): number {
    return this.fusion.outputSize;
  }

  get maxLength(): number {
    return this.encoder.maxLength;
  }

  get recurrent(): Recurrent | undefined {
    return this.encoder.recurrent;
  }

  /** ids [batch, source] int32, lengths [batch] int32. @throws Error as `FusedFeatures`. */
  forward(ids: Tensor, lengths: Tensor): Encoded {
    const encoded = this.encoder.forward(ids, lengths);
    return { ...encoded, output: this.fusion.forward(encoded.output, fusionContext(this.context)) };
  }
}
