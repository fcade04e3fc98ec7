/** Exit codes by convention: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

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
  const stop = (name: NodeJS.Signals) => {
    const code = exitCodes[name as keyof typeof exitCodes];
    if (controller.signal.aborted) process.exit(code);
    exitCode = code;
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
