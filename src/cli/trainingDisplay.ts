import { metricsLine } from '../config/figures.js';
import type { TrainingObserver, ValidationEvent } from '../config/node/trainRun.js';
import { counted, formatCount, groupDigits, progressLine } from '../formats/terminal.js';
import type { TrainingProgress } from '../train/trainer.js';
import { sampleLines } from './sampleLines.js';
import { wantsColor } from './wantsColor.js';

/** Milliseconds between two pictures of the bar, and between two lines where there is no terminal to redraw. */
const REDRAW = 100;
const LINE = 10_000;

const bold = (text: string) => (wantsColor() ? `\u001b[1m${text}\u001b[0m` : text);
const green = (text: string) => (wantsColor() ? `\u001b[32m${text}\u001b[0m` : text);

/** Shows a training in the terminal: a bar that is redrawn in place, and above it what is worth keeping. */
export class TrainingDisplay implements TrainingObserver {
  private readonly terminal = process.stdout.isTTY;
  private shownAt = performance.now();
  private barShown = false;
  /** The step that a resumed training went on from. */
  resumedFrom: number | undefined;

  /** @param heading what is said once the data are read. */
  constructor(private readonly heading: readonly string[]) {}

  prepared({
    task,
    parameterCount,
    resumedFrom,
  }: Parameters<NonNullable<TrainingObserver['prepared']>>[0]): void {
    this.resumedFrom = resumedFrom;
    for (const line of this.heading) this.note(line);
    const { facts, heldOut } = task;
    const held = [
      heldOut.validation !== undefined && `${groupDigits(heldOut.validation)} to validate`,
      heldOut.test !== undefined && `${groupDigits(heldOut.test)} to test`,
    ].filter(Boolean);
    this.note(`Data: ${facts.data} to train${held.map((part) => `, ${part}`).join('')}`);
    if (heldOut.validation === undefined)
      this.note(
        '      None to validate: the last checkpoint counts as the best (data.split, data.validation)',
      );
    for (const note of facts.notes) this.note(`      ${note}`);
    this.note(`Model: ${formatCount(parameterCount)} parameters, ${facts.model}`);
    if (resumedFrom === undefined) this.note(`Training for at most ${counted(task.steps, 'step')}\n`);
    else if (resumedFrom < task.steps)
      this.note(`Going on from step ${groupDigits(resumedFrom)} of ${groupDigits(task.steps)}\n`);
  }

  progress(progress: TrainingProgress): void {
    const now = performance.now();
    if (now - this.shownAt < (this.terminal ? REDRAW : LINE)) return;
    this.shownAt = now;
    if (!this.terminal) {
      this.note(progressLine(progress, { width: this.width, color: false }));
      return;
    }
    process.stdout.write(`\r\u001b[K${progressLine(progress, { width: this.width, color: wantsColor() })}`);
    this.barShown = true;
  }

  validated({ step, epoch, metrics, best, samples }: ValidationEvent): void {
    const star = best ? green('  ★ best so far') : '';
    this.note(
      `${bold(`step ${groupDigits(step)}`)} · epoch ${epoch.toFixed(1)} · ${metricsLine(metrics)}${star}`,
    );
    for (const line of sampleLines(samples, { width: this.width, color: wantsColor() })) this.note(line);
  }

  /** Columns that a line may have; the last one is left free, where some terminals break. */
  private get width(): number {
    return this.terminal ? (process.stdout.columns || 80) - 1 : 100;
  }

  /** A line above the bar. */
  note(line: string): void {
    if (this.barShown) process.stdout.write('\r\u001b[K');
    this.barShown = false;
    process.stdout.write(`${line}\n`);
  }
}
