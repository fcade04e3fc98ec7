/** Speed since training went on last, without validations and checkpoints. */
export class Speed {
  private seconds = 0;
  private tokens = 0;
  private mark = performance.now();

  constructor(private readonly firstStep: number) {}

  add(tokens: number): void {
    const now = performance.now();
    this.seconds += (now - this.mark) / 1000;
    this.mark = now;
    this.tokens += tokens;
  }

  /** What was done meanwhile does not count. */
  pause(): void {
    this.mark = performance.now();
  }

  get tokensPerSecond(): number {
    return this.tokens / this.seconds;
  }

  forecast(step: number, totalSteps: number): { tokensPerSecond: number; secondsLeft: number } {
    const perStep = this.seconds / Math.max(1, step - this.firstStep);
    return { tokensPerSecond: this.tokensPerSecond, secondsLeft: (totalSteps - step) * perStep };
  }
}

/** MiB that the process holds, where the platform tells. */
export function memoryUse(): { memory?: number } {
  const host = globalThis as { process?: { memoryUsage?: () => { rss: number } } };
  const used = host.process?.memoryUsage?.();
  return used ? { memory: used.rss / 2 ** 20 } : {};
}
