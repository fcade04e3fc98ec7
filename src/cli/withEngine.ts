import type { Engine } from '../engine/engine.js';
import { createEngine, type EngineOptions } from '../engine/node/createEngine.js';

/** Gives work an engine, and ends the engine's threads after it. */
export async function withEngine<T>(
  options: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await createEngine(options);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
