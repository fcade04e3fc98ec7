import { displayWidth, fitWidth } from './displayWidth.js';

/** What a progress line shows. */
export interface Progress {
  step: number;
  totalSteps: number;
  /** Passes over the data done, with fraction. */
  epoch?: number;
  /** Nats per token. */
  loss?: number;
  tokensPerSecond?: number;
  /** Seconds until the end, estimated. */
  secondsLeft?: number;
}

/**
 * One line of progress, at most `width` columns wide:
 * `████████▍       52%  step 1,040/2,000 · epoch 3.1 · loss 0.412 · 31.2k tokens/s · 1m 52s left`.
 * On a narrow terminal the epoch goes first, then the speed, then the loss; the bar takes what is left.
 */
export function progressLine(progress: Progress, options: { width: number; color: boolean }): string {
  const { step, totalSteps, epoch, loss, tokensPerSecond, secondsLeft } = progress;
  const share = totalSteps > 0 ? Math.min(1, Math.max(0, step / totalSteps)) : 0;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  // By importance: the first that do not fit any more are left out, starting from the end.
  const parts = [
    { place: 0, text: `step ${groupDigits(step)}/${groupDigits(totalSteps)}` },
    { place: 4, text: secondsLeft === undefined ? '' : `${formatDuration(secondsLeft)} left` },
    { place: 2, text: loss === undefined ? '' : `loss ${formatLoss(loss)}` },
    { place: 3, text: tokensPerSecond === undefined ? '' : `${formatCount(tokensPerSecond)} tokens/s` },
    { place: 1, text: epoch === undefined ? '' : `epoch ${epoch.toFixed(1)}` },
  ].filter(({ text }) => text);
  const MIN_BAR = 8;
  const MAX_BAR = 30;
  const render = (count: number): string =>
    parts
      .slice(0, count)
      .sort((a, b) => a.place - b.place)
      .map(({ text }) => text)
      .join(' · ');
  let count = parts.length;
  const roomFor = (text: string): number => options.width - percent.length - 2 - displayWidth(text);
  while (count > 1 && roomFor(render(count)) < MIN_BAR) count--;
  const text = render(count);
  const barWidth = Math.min(MAX_BAR, roomFor(text));
  if (barWidth < 3) return fitWidth(`${percent.trim()}  ${text}`, options.width);
  const bar = progressBar(share, barWidth);
  return `${options.color ? `\u001b[38;5;39m${bar}\u001b[0m` : bar}${percent}  ${text}`;
}

/** A bar of `width` columns, filled to an eighth of a column; the empty part is dotted, so that its end is seen. */
function progressBar(share: number, width: number): string {
  const eighths = Math.round(share * width * 8);
  const partial = ' ▏▎▍▌▋▊▉'[eighths % 8]!;
  const filled = '█'.repeat(eighths >> 3) + (eighths % 8 ? partial : '');
  return filled + '·'.repeat(width - filled.length);
}

function formatLoss(loss: number): string {
  return Math.abs(loss) >= 0.001 || loss === 0 ? loss.toFixed(3) : loss.toExponential(1);
}

/** A duration in the two units that matter: `0.8s`, `42s`, `3m 07s`, `2h 05m`, `3d 04h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** A count in three digits: `87`, `1.25k`, `31.2k`, `4.10M`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '?';
  let value = count;
  let unit = 0;
  // 999.5 would round to 1000: it belongs to the next unit.
  while (Math.abs(value) >= 999.5 && unit < 4) {
    value /= 1000;
    unit++;
  }
  const size = Math.abs(value);
  const digits = unit === 0 ? 0 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${['', 'k', 'M', 'G', 'T'][unit]}`;
}

/** A whole number with thousands separated by commas: `1,234,567`. */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 example`, `6,302 examples`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(count)} ${count === 1 ? noun : plural}`;
}

/** 'step 500', 'steps 500, 1,000 and 1,500' */
export function stepsInWords(steps: readonly number[]): string {
  const numbers = steps.map(groupDigits);
  if (numbers.length < 2) return `step ${numbers.join('')}`;
  return `steps ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}
