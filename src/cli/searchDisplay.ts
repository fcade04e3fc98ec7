import { metricLabel, metricValue } from '../config/figures.js';
import type { SearchObserver } from '../config/node/runSearch.js';
import type { SearchPlan } from '../config/node/searchPlan.js';
import { figureText, valuesText } from '../config/node/searchTable.js';
import type { TrialProgress } from '../config/node/trialProcess.js';
import { fitWidth } from '../formats/displayWidth.js';
import { counted, formatDuration, groupDigits } from '../formats/terminal.js';
import { ranking, rungSizes, type Job, type Trial } from '../tune/search.js';

/** Milliseconds between two lines on progress where there is no terminal to redraw. */
const LINE = 60_000;

/** Shows a search: one line on what is being trained, and above it one for each trial that has ended. */
export class SearchDisplay implements SearchObserver {
  private readonly terminal = process.stdout.isTTY;
  private shownAt = performance.now();
  private lineShown = false;
  private readonly running = new Map<number, TrialProgress | undefined>();
  private trials: readonly Trial[] = [];

  constructor(
    private readonly plan: SearchPlan,
    private readonly heading: readonly string[],
  ) {}

  opened(trials: readonly Trial[]): void {
    this.trials = trials;
    const { search, tune, base } = this.plan;
    for (const line of this.heading) this.note(line);
    const keys = counted(Object.keys(search.space).length, 'key');
    const metric = metricLabel(base.training.validation.stopOn);
    this.note(
      `Search: ${tune.strategy.type} over ${keys}, ${counted(search.trials, 'trial')}, by ${metric} on validation`,
    );
    if (search.rungs.length > 1)
      this.note(
        `        ${rungSizes(search)
          .map((size, rung) => `${size} ${this.lengthOf(rung)}`)
          .join(', then ')}`,
      );
    const ended = trials.filter(({ results, error }) => results.length > 0 || error !== undefined).length;
    if (trials.length > 0) this.note(`Going on: ${ended} of ${counted(search.trials, 'trial')} done`);
    this.note('');
  }

  began({ trial }: Job): void {
    this.running.set(trial, undefined);
    this.redraw();
  }

  progress({ trial }: Job, progress: TrialProgress): void {
    this.running.set(trial, progress);
    this.redraw();
  }

  ended({ trial: number, rung }: Job, trial: Trial, trials: readonly Trial[]): void {
    this.running.delete(number);
    this.trials = trials;
    const { search, base } = this.plan;
    const result = trial.results[rung];
    const length = search.rungs.length > 1 ? ` ${this.lengthOf(rung)}` : '';
    const figure = result
      ? `${metricLabel(base.training.validation.stopOn)} ${figureText(base.training.validation.stopOn, result.value)}`
      : `failed: ${trial.error?.split('\n', 1)[0]}`;
    const time = result ? ` · ${formatDuration(result.seconds)}` : '';
    const [best] = ranking(search, trials);
    const star = best === trial && result ? '  ★ best so far' : '';
    this.note(
      `trial ${number}/${search.trials}${length}  ${figure} · ${valuesText(this.plan, trial)}${time}${star}`,
    );
    this.redraw();
  }

  /** A line above the one that is redrawn. */
  note(line: string): void {
    if (this.lineShown) process.stdout.write('\r\u001b[K');
    this.lineShown = false;
    process.stdout.write(`${line}\n`);
  }

  /** 'to step 500', or 'to the end'. */
  private lengthOf(rung: number): string {
    const steps = this.plan.search.rungs[rung]!;
    return Number.isFinite(steps) ? `to step ${groupDigits(steps)}` : 'to the end';
  }

  private redraw(): void {
    const now = performance.now();
    if (this.running.size === 0 || (!this.terminal && now - this.shownAt < LINE)) return;
    this.shownAt = now;
    const { search, base } = this.plan;
    const [best] = ranking(search, this.trials);
    const value = best?.results.at(-1)?.value;
    const metric = base.training.validation.stopOn;
    const line = [
      ...[...this.running].map(([number, at]) => {
        const place = at
          ? `step ${groupDigits(at.step)}/${groupDigits(at.totalSteps)}, ${formatDuration(at.secondsLeft)} left`
          : 'starting';
        return `trial ${number}/${search.trials}: ${place}`;
      }),
      ...(best && value !== undefined && Number.isFinite(value)
        ? [`best ${metricLabel(metric)} ${metricValue(metric, value)} (trial ${best.number})`]
        : []),
    ].join(' · ');
    if (!this.terminal) {
      this.note(line);
      return;
    }
    process.stdout.write(`\r\u001b[K${fitWidth(line, (process.stdout.columns || 80) - 1)}`);
    this.lineShown = true;
  }
}
