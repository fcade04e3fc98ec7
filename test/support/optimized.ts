import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { readNodes } from './onnxReader.js';

/** The nodes of a model as the runtime runs it, after all its optimisers. */
export async function optimizedNodes(bytes: Uint8Array): Promise<ReturnType<typeof readNodes>> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-optimized-'));
  try {
    const file = join(folder, 'optimized.onnx');
    const session = await InferenceSession.create(bytes, {
      graphOptimizationLevel: 'all',
      optimizedModelFilePath: file,
      logSeverityLevel: 4,
    });
    await session.release();
    return readNodes(await readFile(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}
