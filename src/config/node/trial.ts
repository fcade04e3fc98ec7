import { fork } from 'node:child_process';
import type { TrialMessage, TrialOutcome, TrialProgress, TrialRequest } from './trialProcess.js';

export interface TrialOptions {
  /** Stops after the step, at a checkpoint. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TrialProgress) => void;
}

/** Characters of what a process wrote last that tell of its end. */
const LAST_WORDS = 2000;

/** Trains in a process of its own, going on from the latest checkpoint: whatever happens there, the search survives. */
export async function trainTrial(
  request: TrialRequest,
  { signal, onProgress }: TrialOptions,
): Promise<TrialOutcome> {
  const child = fork(new URL('trialProcess.js', import.meta.url), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // JSON would turn a figure that is not a number into null.
    serialization: 'advanced',
  });
  const stop = () => {
    if (child.connected) child.send('stop');
  };
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<TrialOutcome>((resolve, reject) => {
      let outcome: TrialOutcome | undefined;
      let words = '';
      child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-LAST_WORDS)));
      child.on('message', (message: TrialMessage) => {
        if (message.type === 'progress') onProgress(message);
        else outcome = message;
      });
      child.on('error', reject);
      child.on('close', (code, killedBy) => {
        const end = killedBy ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
        resolve(outcome ?? { type: 'failed', error: `The process ${end}. ${words}`.trim() });
      });
      child.send(request);
      if (signal.aborted) stop();
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
