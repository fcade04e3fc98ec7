import { Worker } from 'node:worker_threads';
import type { StartHelper } from '../kernels/crew.js';

/** Helper threads of the kernels as worker threads. Their code is text, so that it needs no file of its own. */
export const startKernelThread: StartHelper = (code, data) => {
  const script = `const helperData = require('node:worker_threads').workerData;\n${code}`;
  const worker = new Worker(script, { eval: true, workerData: data, execArgv: [], env: {} });
  // The helper ends with the engine or the process; a failure to start leaves the work to the others.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
};
