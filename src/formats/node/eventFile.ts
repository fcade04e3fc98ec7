import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileVersionEvent, resumeEvent, scalarsEvent, textEvent } from '../tensorboard.js';
import { append, makeDirectory } from './files.js';

/** A TensorBoard event file that is written while training. */
export class EventFile {
  private constructor(private readonly path: string) {}

  /**
   * Starts a new event file in a folder, after those that are there. Each start of a run has its own file, since
   * TensorBoard may have the older ones open.
   * @param resumedFrom the step that the run goes on from: TensorBoard forgets what earlier files say of later steps.
   */
  static async start(directory: string, resumedFrom?: number): Promise<EventFile> {
    await makeDirectory(directory);
    const earlier = (await readdir(directory))
      .filter((name) => name.startsWith('events.out.tfevents.'))
      .sort();
    const now = Date.now() / 1000;
    // TensorBoard reads files in the order of their names: later than any there, even if the clock was set back.
    const lastTime = Number(earlier.at(-1)?.split('.')[3] ?? 0);
    const time = String(Math.max(Math.floor(now), lastTime)).padStart(10, '0');
    const number = String(earlier.length).padStart(4, '0');
    const file = new EventFile(join(directory, `events.out.tfevents.${time}.${number}.heddle`));
    await append(file.path, fileVersionEvent(now));
    if (resumedFrom !== undefined) await append(file.path, resumeEvent(now, resumedFrom + 1));
    return file;
  }

  /** Appends scalar values of a step by tag, such as `{ 'loss/train': 2.31 }`. */
  async scalars(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    await append(this.path, scalarsEvent(Date.now() / 1000, step, values));
  }

  /** Appends a text (Markdown) for the TEXT tab. */
  async text(step: number, tag: string, text: string): Promise<void> {
    await append(this.path, textEvent(Date.now() / 1000, step, tag, text));
  }
}
