import type { BatchLimit, TrainingData } from '../data/trainingData.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { MetricsRow } from '../formats/metricsRow.js';
import { isBetter, perplexity, type MetricName } from '../metrics/metrics.js';
import type { Trainable } from '../models/trainable.js';
import type { Optimizer } from '../optimizers/transform.js';
import { constantRate, type Schedule } from '../schedules/schedules.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import type { FlatState } from './parameterStore.js';
import { memoryUse, Speed } from './speed.js';
import { TrainStep, type StepResult, type TrainingBatch } from './trainStep.js';

/** Everything needed to go on from a step exactly as if nothing had happened. */
export interface TrainingCheckpoint {
  readonly step: number;
  /** What answers: the running average of the parameters where one is kept. */
  readonly parameters: Readonly<Record<string, HostTensor>>;
  /** The optimiser's state, '<slot>/<parameter>' → values; 'live/<parameter>' where `parameters` is an average. */
  readonly optimizer: Readonly<Record<string, HostTensor>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Where a training leaves its traces. */
export interface Recorder {
  row(row: MetricsRow): Promise<void>;
  /**
   * @param best whether it is the best so far.
   * @param interrupted whether nothing but an interruption makes it be saved: an uninterrupted run has none there.
   */
  checkpoint(checkpoint: TrainingCheckpoint, best: boolean, interrupted: boolean): Promise<void>;
}

/** Metrics by name, rates as fractions. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

export interface Validation {
  /** Updates between two measurements; the end of training is measured too. */
  readonly everySteps: number;
  /** Measures the model as it stands. */
  readonly run: () => Promise<Metrics>;
  /** The metric that chooses the best checkpoint (of equals the one with the lower loss), feeds a plateau schedule and stops early; 'loss' by default. */
  readonly watch?: MetricName;
  /**
   * As many validations in a row without a new best end the training; never by default. The parameters are then those of the
   * last step, not of the best: those are in the recorder's checkpoint.
   */
  readonly patience?: number;
  /** Stops as soon as the watched metric is this good. */
  readonly target?: number;
}

export interface FitOptions {
  /** Updates in all, those of a resumed run included; what `epochs` asks for by default. */
  readonly steps?: number;
  /** Passes over the data, if `steps` is not given; 1 by default. */
  readonly epochs?: number;
  /** 64 examples by default. */
  readonly batch?: BatchLimit;
  /** Batches whose gradients are summed for one update; 1 by default. */
  readonly accumulate?: number;
  /** Measures between updates; never by default. */
  readonly validation?: Validation;
  /** A row of training metrics every so many steps; 100 by default. */
  readonly logEverySteps?: number;
  /** A checkpoint every so many steps, and at the end; 500 by default. */
  readonly checkpointEverySteps?: number;
  /** Training ends after this time, wherever it is; never by default. */
  readonly maxMinutes?: number;
  /** Training ends after the step, or the validation, during which this is aborted; before the first, if it was aborted already. */
  readonly signal?: AbortSignal;
  /** Where rows and checkpoints go, such as a `RunRecorder`; nowhere by default. */
  readonly recorder?: Recorder;
  /** Told of each update. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainingProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  /** Nats per token of the last step. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  /** Until the last step, estimated. */
  readonly secondsLeft: number;
}

export type StopReason = 'steps' | 'patience' | 'target' | 'time' | 'interrupted';

/** The best value of the watched metric, its step, and the loss there, where the validation measures one. */
export interface Best {
  readonly step: number;
  readonly value: number;
  readonly loss?: number;
}

export interface FitResult {
  readonly steps: number;
  readonly reason: StopReason;
  /**
   * The best validation. The trainer's parameters are those of the last step: those of the best are in the recorder's
   * checkpoint (`loadParameters('best')` of a run's checkpoints), for `trainer.trainStep.store.load`.
   */
  readonly best?: Best;
  /** Seconds of training and validation, earlier parts of a resumed run included. */
  readonly seconds: number;
}

interface Position {
  step: number;
  epoch: number;
  /** Batches of this epoch that are done. */
  batch: number;
  seconds: number;
  /** Since the last row of training metrics. */
  lossSum: number;
  count: number;
  best: Best | null;
  /** Validations since the best one. */
  bad: number;
}

/**
 * Trains a model. Given the same data, options and seed a run repeats itself bit for bit, also when it was
 * interrupted and resumed: batches follow from (seed, epoch), dropout from (seed, step, example).
 */
export class Trainer {
  private position: Position = {
    step: 0,
    epoch: 0,
    batch: 0,
    seconds: 0,
    lossSum: 0,
    count: 0,
    best: null,
    bad: 0,
  };

  private constructor(
    /** The compiled step with its parameters, for a loop of one's own. */
    readonly trainStep: TrainStep,
    private readonly optimizer: Optimizer,
    private readonly schedule: Schedule,
    private readonly seed: number,
  ) {}

  /** Draws the parameters and compiles the training step. */
  static async create(options: {
    engine: Engine;
    model: Trainable;
    optimizer: Optimizer;
    /** The full rate throughout by default. */
    schedule?: Schedule;
    /** Decides first values, order of the data and dropout; 1 by default. */
    seed?: number;
    /** Keeps a running average of the parameters, which then answers; see `TrainStep.create`. 0 by default: none. */
    averageDecay?: number;
  }): Promise<Trainer> {
    const { schedule = constantRate(), seed = 1 } = options;
    return new Trainer(await TrainStep.create({ ...options, seed }), options.optimizer, schedule, seed);
  }

  /** Updates done. */
  get step(): number {
    return this.position.step;
  }

  /** The best validation so far. */
  get best(): Best | undefined {
    return this.position.best ?? undefined;
  }

  /** The parameters by name; they change with every step. */
  get parameters(): ReadonlyMap<string, HostTensor> {
    return this.trainStep.store.values.views;
  }

  /** What answers: the running average of the parameters where one is kept, else the parameters. */
  get evaluationParameters(): ReadonlyMap<string, HostTensor> {
    return this.evaluated.views;
  }

  private get evaluated(): FlatState {
    return this.trainStep.average ?? this.trainStep.store.values;
  }

  /**
   * One update on a batch of one's own, or on several whose gradients are summed, at the scheduled rate.
   * @throws as `TrainStep.run`.
   */
  async update(batches: TrainingBatch | readonly TrainingBatch[]): Promise<StepResult> {
    const step = this.position.step + 1;
    const result = await this.trainStep.run(batches, step, this.rate(step));
    this.position.step = step;
    this.position.lossSum += result.lossSum;
    this.position.count += result.count;
    return result;
  }

  private rate(step: number): number {
    return this.optimizer.learningRate * this.schedule.factor(step);
  }

  /**
   * Trains until the last step, the end of patience, the target, the time limit or an interruption. A training that was
   * restored at its end stays there.
   * @throws UserError naming an option that cannot be.
   */
  async fit(data: TrainingData, options: FitOptions): Promise<FitResult> {
    requireFitOptions(options);
    const {
      batch = { batchSize: 64 },
      accumulate = 1,
      validation,
      logEverySteps = 100,
      checkpointEverySteps = 500,
    } = options;
    const { recorder, onProgress, signal, maxMinutes = Infinity } = options;
    const plan = (epoch: number) => data.plan(batch, { seed: this.seed, epoch });
    // Of the first epoch: with `batchTokens` others may have a few more or less, and a resumed run must agree.
    const totalSteps = options.steps ?? (options.epochs ?? 1) * Math.ceil(plan(0).length / accumulate);
    let batches = plan(this.position.epoch);
    /** The inputs of the update that begins with a batch of the epoch; none after its last. */
    const inputsFrom = (first: number) =>
      batches.slice(first, first + accumulate).map((indices) => data.batch(indices));
    const began = performance.now() - this.position.seconds * 1000;
    const elapsed = () => (performance.now() - began) / 1000;
    const speed = new Speed(this.position.step);
    let reason: StopReason | undefined;
    if (this.position.step >= totalSteps) reason = 'steps';
    else if (validation) reason = this.verdict(validation);
    if (signal?.aborted) reason ??= 'interrupted';

    let inputs = reason ? [] : inputsFrom(this.position.batch);
    while (!reason) {
      if (this.position.batch === batches.length) {
        this.position.epoch++;
        this.position.batch = 0;
        batches = plan(this.position.epoch);
        inputs = inputsFrom(0);
      }
      const done = this.position.batch + inputs.length;
      const last = this.position.step + 1 >= totalSteps;
      // The update runs on threads of the engine: meanwhile this one makes the inputs of the next.
      const [result, next] = await Promise.all([
        this.update(inputs),
        new Promise<TrainingBatch[]>((resolve) => {
          resolve(last ? [] : inputsFrom(done));
        }),
      ]);
      this.position.batch = done;
      inputs = next;
      const { step } = this.position;
      const epoch = this.position.epoch + this.position.batch / batches.length;
      speed.add(result.count);
      onProgress?.({ step, totalSteps, epoch, loss: result.loss, ...speed.forecast(step, totalSteps) });

      if (step % logEverySteps === 0 || last) {
        await recorder?.row(this.trainingRow(epoch, result.gradientNorm, speed, elapsed()));
        this.position.lossSum = 0;
        this.position.count = 0;
      }
      if (last) reason = 'steps';
      else if (elapsed() > maxMinutes * 60) reason = 'time';

      let improved = false;
      if (validation && (step % validation.everySteps === 0 || reason)) {
        improved = await this.validate(validation, epoch, recorder, elapsed);
        reason = this.verdict(validation) ?? reason;
        speed.pause();
      }
      // No row and no validation for an interruption: the resumed run is to leave the traces of an uninterrupted one.
      if (signal?.aborted) reason ??= 'interrupted';
      const due = improved || step % checkpointEverySteps === 0;
      if (recorder && (due || reason)) {
        this.position.seconds = elapsed();
        await recorder.checkpoint(this.checkpoint(), improved, !due && reason === 'interrupted');
        speed.pause();
      }
    }
    this.position.seconds = elapsed();
    return { steps: this.step, reason, seconds: elapsed(), best: this.best };
  }

  private trainingRow(epoch: number, gradientNorm: number, speed: Speed, time: number): MetricsRow {
    const { step, lossSum, count } = this.position;
    const loss = lossSum / count;
    return {
      step,
      epoch,
      split: 'train',
      loss,
      perplexity: perplexity(loss),
      learningRate: this.rate(step),
      gradientNorm,
      tokensPerSecond: speed.tokensPerSecond,
      time,
      ...memoryUse(),
    };
  }

  /** Measures, records and judges the model as it stands; whether it is the best so far. */
  private async validate(
    { run, watch = 'loss' }: Validation,
    epoch: number,
    recorder: Recorder | undefined,
    elapsed: () => number,
  ): Promise<boolean> {
    const metrics = await run();
    const value = metrics[watch];
    if (value === undefined)
      throw new Error(`The validation did not measure '${watch}', which it should watch.`);
    const { step } = this.position;
    this.schedule.observe?.(value);
    const { best } = this.position;
    const { loss = NaN } = metrics;
    const tied = best?.value === value && isBetter('loss', loss, best.loss ?? NaN);
    const better = best === null || isBetter(watch, value, best.value) || tied;
    // The perplexity of a loss that has run away is infinite, and no best.
    const improved = better && Number.isFinite(value);
    if (improved) {
      this.position.best = { step, value, ...(Number.isFinite(loss) && { loss }) };
      this.position.bad = 0;
    } else this.position.bad++;
    await recorder?.row({ step, epoch, split: 'validation', ...metrics, time: elapsed() });
    return improved;
  }

  /** Whether the validations so far end the training. */
  private verdict({ watch = 'loss', patience = Infinity, target }: Validation): StopReason | undefined {
    const { best, bad } = this.position;
    if (best && target !== undefined && (best.value === target || isBetter(watch, best.value, target)))
      return 'target';
    return bad >= patience ? 'patience' : undefined;
  }

  /** Copies of everything that a run needs to go on. */
  checkpoint(): TrainingCheckpoint {
    const { store, slots } = this.trainStep;
    const optimizer: Record<string, HostTensor> = {};
    for (const [slot, state] of slots)
      for (const [name, value] of Object.entries(store.snapshot(state))) optimizer[`${slot}/${name}`] = value;
    if (this.trainStep.average)
      for (const [name, value] of Object.entries(store.snapshot())) optimizer[`${LIVE}/${name}`] = value;
    return {
      step: this.position.step,
      parameters: store.snapshot(this.evaluated),
      optimizer,
      state: { ...this.position, seed: this.seed, schedule: this.schedule.state?.() ?? {} },
    };
  }

  /**
   * Goes on from a checkpoint.
   * @throws UserError naming what does not fit the model, the optimiser or the average; Error for another seed.
   */
  restore({ parameters, optimizer, state }: TrainingCheckpoint): void {
    const { store, slots } = this.trainStep;
    const { schedule, seed, ...position } = state as unknown as Position & {
      schedule: Record<string, number>;
      seed: number;
    };
    if (seed !== this.seed)
      throw new Error(`The checkpoint was made with seed ${seed}, this training has seed ${this.seed}.`);
    const { average } = this.trainStep;
    const kept = Object.keys(optimizer).some((name) => name.startsWith(`${LIVE}/`));
    if (kept !== (average !== undefined))
      throw new UserError(
        `The checkpoint holds ${kept ? 'a' : 'no'} running average of the parameters, this training keeps ${average ? 'one' : 'none'}. Set averageDecay as it was.`,
      );
    store.load(parameters, this.evaluated);
    if (average) store.load(slotOf(optimizer, LIVE));
    for (const [slot, target] of slots) store.load(slotOf(optimizer, slot), target);
    this.position = position;
    this.schedule.restore?.(schedule);
  }
}

/** What the parameters themselves are called in a checkpoint whose `parameters` are their average. */
const LIVE = 'live';

function slotOf(optimizer: Readonly<Record<string, HostTensor>>, slot: string): Record<string, HostTensor> {
  const values = Object.entries(optimizer).filter(([name]) => name.startsWith(`${slot}/`));
  return Object.fromEntries(values.map(([name, value]) => [name.slice(slot.length + 1), value]));
}

function requireFitOptions(options: FitOptions): void {
  const { steps = 0, epochs = 1, maxMinutes = 1 } = options;
  const validation: Pick<Validation, 'everySteps' | 'patience'> = options.validation ?? { everySteps: 1 };
  const { logEverySteps = 1, checkpointEverySteps = 1, accumulate = 1 } = options;
  const { patience = Infinity } = validation;
  requireOptions('fit', 'a whole number from 1', { accumulate });
  const { everySteps } = validation;
  requireOptions('fit', 'a number from 0', { steps, epochs, maxMinutes });
  const intervals = { logEverySteps, checkpointEverySteps, everySteps, patience };
  requireOptions('fit', 'a whole number from 1, or Infinity', intervals);
}
