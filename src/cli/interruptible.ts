/** Exit codes by convention: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes Ctrl-C on to a process that has had it from the terminal already: that is no second Ctrl-C. */
const SAME_KEY_STROKE = 500;

/**
 * Runs work that can end early and well: the first Ctrl-C (or SIGTERM) aborts the signal, the second ends the process at
 * once.
 * @returns the work's result, and the exit code if it was interrupted.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt: () => void,
): Promise<{ result: T; exitCode: number }> {
  const controller = new AbortController();
  let exitCode = 0;
  let stoppedAt = 0;
  const stop = (name: NodeJS.Signals) => {
    const code = exitCodes[name as keyof typeof exitCodes];
    if (controller.signal.aborted) {
      if (performance.now() - stoppedAt < SAME_KEY_STROKE) return;
      process.exit(code);
    }
    exitCode = code;
    stoppedAt = performance.now();
    controller.abort();
    onInterrupt();
  };
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  for (const name of names) process.on(name, stop);
  try {
    return { result: await work(controller.signal), exitCode };
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
