import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { readNodes } from '../../test/support/onnxReader.js';
import { gradients } from '../autodiff/gradients.js';
import { tanh } from '../ops/elementwise.js';
import { matmul } from '../ops/matmul.js';
import { sum } from '../ops/reduce.js';
import { input } from '../tensor/tensor.js';
import { exportGraph } from './exportGraph.js';

/** The outputs of a graph in the order in which ONNX Runtime computes them, from its profile. */
async function computed(bytes: Uint8Array, feeds: Record<string, OrtTensor>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-order-'));
  try {
    const prefix = join(folder, 'profile');
    const session = await InferenceSession.create(bytes, {
      graphOptimizationLevel: 'all',
      enableProfiling: true,
      profileFilePrefix: prefix,
      logSeverityLevel: 4,
    });
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as { name: string; ts: number }[];
    const started = new Map(events.map(({ name, ts }) => [name, ts]));
    return readNodes(bytes)
      .map(({ name, outputs }) => ({ output: outputs[0]!, at: started.get(`${name}_kernel_time`) }))
      .filter(({ output, at }) => at !== undefined && session.outputNames.includes(output))
      .sort((a, b) => a.at! - b.at!)
      .map(({ output }) => output);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('has the runtime compute the loss, then each weight gradient as soon as it can, from the last layer to the first', async () => {
  const x = input('x', 'float32', ['batch', 3]);
  const weights = [1, 2, 3, 4].map((i) => input(`w${i}`, 'float32', [3, 3]));
  const loss = sum(weights.reduce((h, w) => tanh(matmul(h, w)), x));
  const found = gradients(loss, weights);
  const named = Object.fromEntries(found.map((gradient, i) => [`gradient${i + 1}`, gradient]));
  const { bytes } = exportGraph({ ...named, loss });
  const feeds = Object.fromEntries(
    [x, ...weights].map((tensor, i) => {
      const shape = i === 0 ? [2, 3] : [3, 3];
      const data = Float32Array.from({ length: shape[0]! * 3 }, (_, j) => Math.sin(i + j));
      return [tensor.node.attributes['name'] as string, new OrtTensor('float32', data, shape)];
    }),
  );
  expect(await computed(bytes, feeds)).toEqual(['loss', 'gradient4', 'gradient3', 'gradient2', 'gradient1']);
});
