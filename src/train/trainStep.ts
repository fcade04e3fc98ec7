import { gradients } from '../autodiff/gradients.js';
import { compileGraph, type CompiledGraph } from '../engine/compileGraph.js';
import type { Engine, HostTensor } from '../engine/engine.js';
import type { Feeds } from '../engine/feeds.js';
import type { Trainable } from '../models/trainable.js';
import { collectUpdates, inTraining } from '../nn/mode.js';
import type { Optimizer } from '../optimizers/transform.js';
import { UserError } from '../tensor/errors.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { DivergedError } from './divergedError.js';
import { DropoutMasks } from './dropoutMasks.js';
import { badDataError, findNotFinite, withoutBad } from './notFinite.js';
import { createUpdate, type OptimizerUpdate } from './optimizerUpdate.js';
import { allocateSlots, ParameterStore, type FlatState } from './parameterStore.js';

/**
 * A batch by input names; what the model does not read is let pass. A model with dropout needs `exampleIndex` too, int32
 * [batch]: which example of the data each row is, so that it has the same dropout in whatever batch it comes.
 */
export type TrainingBatch = Feeds;

export interface StepResult {
  /** Mean loss over `count`. */
  readonly loss: number;
  readonly lossSum: number;
  /** What the loss sums over: real tokens. */
  readonly count: number;
  /** 2-norm of the mean gradients, before clipping. */
  readonly gradientNorm: number;
}

/**
 * The compiled training step of a model: one program for loss and gradients, then the update in place. For one's own
 * loop: `const { loss } = await trainStep.run(batch, step, learningRate)`.
 */
export class TrainStep {
  /** Gradients of a further batch, before they are added to those of the first. */
  private summand: FlatState | undefined;
  /** What the last batch makes of the parameters that are not trained. */
  private readonly untrained: FlatState;

  private constructor(
    readonly store: ParameterStore,
    readonly slots: ReadonlyMap<string, FlatState>,
    readonly gradients: FlatState,
    private readonly program: CompiledGraph,
    private readonly masks: DropoutMasks,
    private readonly update: OptimizerUpdate,
    /** The running average of the parameters, where one is kept. */
    readonly average: FlatState | undefined,
    private readonly averageDecay: number,
    /** The parameters that the program updates itself: running statistics. */
    private readonly updated: readonly string[],
  ) {
    this.untrained = store.allocateUntrained();
  }

  /**
   * Draws the parameters and compiles the step.
   * @throws UserError when the model has no parameters, and unless 0 ≤ averageDecay < 1.
   */
  static async create(options: {
    engine: Engine;
    model: Trainable;
    optimizer: Optimizer;
    /** Decides first values and dropout masks. */
    seed: number;
    /**
     * Keeps a running average of the parameters, a ← d·a + (1 − d)·p after each update with d = min(averageDecay,
     * (1 + step) ÷ (10 + step)) (Polyak & Juditsky 1992; the rise as in TensorFlow); 0 by default: none is kept.
     */
    averageDecay?: number;
  }): Promise<TrainStep> {
    const { engine, model, optimizer, seed, averageDecay = 0 } = options;
    requireOptions('training', 'at least 0 and below 1', { averageDecay });
    const store = new ParameterStore(engine, model);
    store.initialize(seed);
    const parameters = store.trained;
    if (parameters.length === 0)
      throw new UserError(
        `${model.constructor.name} has nothing to train: no parameter was found in its fields or in arrays there.`,
      );
    const { result, updates } = collectUpdates(() => inTraining(() => model.traceLoss()));
    const { loss, count, objective = loss } = result;
    const found = gradients(objective, parameters);
    const outputs = {
      loss,
      count,
      ...Object.fromEntries(parameters.map((p, i) => [gradientName(p.name), found[i]!])),
      ...Object.fromEntries([...updates].map(([p, value]) => [updateName(p.name), value])),
    };
    const program = await compileGraph(engine, outputs, store.values.views);
    const gradientState = store.allocate();
    const slots = allocateSlots(store, optimizer);
    const update = await createUpdate(engine, optimizer, { store, gradients: gradientState, slots });
    const masks = new DropoutMasks(engine, seed, program.masks);
    const average = averageDecay > 0 ? store.withUntrained(store.allocate()) : undefined;
    average?.flat.set(store.values.flat);
    const updated = [...updates.keys()].map(({ name }) => name);
    return new TrainStep(store, slots, gradientState, program, masks, update, average, averageDecay, updated);
  }

  /**
   * Loss and gradients of a batch, summed, without an update. The gradients are then in `gradients`, or in `target`.
   * Running statistics take the batch in.
   * @throws UserError naming an input that the batch lacks or that does not fit the model.
   */
  async computeGradients(
    batch: TrainingBatch,
    step: number,
    target = this.gradients,
  ): Promise<{ lossSum: number; count: number }> {
    const masks = this.masks.fill(this.program.dimSizes(batch), batch['exampleIndex'], step);
    const into: Record<string, HostTensor> = {};
    for (const [name, view] of target.views) into[gradientName(name)] = view;
    for (const name of this.updated) into[updateName(name)] = this.untrained.views.get(name)!;
    const { loss, count } = await this.program.run({ ...this.program.pick(batch), ...masks }, into);
    for (const name of this.updated)
      this.store.untrained.views.get(name)!.data.set(this.untrained.views.get(name)!.data);
    return { lossSum: Number(loss!.data[0]), count: Number(count!.data[0]) };
  }

  /**
   * One update, on one batch or on several whose gradients are summed: the same update as on all their examples in one
   * batch (but for running statistics, which take in one batch after another). `step` counts from 1.
   * @throws UserError as `computeGradients`, without a batch, and when there is nothing to count. Where the loss is not
   * finite, one that names the input and the value in the data that make it so, else `DivergedError`. The parameters are
   * then those of before the step.
   */
  async run(
    batches: TrainingBatch | readonly TrainingBatch[],
    step: number,
    learningRate: number,
  ): Promise<StepResult> {
    const [first, ...others] = Array.isArray(batches)
      ? (batches as readonly TrainingBatch[])
      : [batches as TrainingBatch];
    if (!first) throw new UserError('An update needs at least one batch.');
    const before = this.store.untrained.flat.slice();
    let { lossSum, count } = await this.computeGradients(first, step);
    let failed = Number.isFinite(lossSum) ? undefined : first;
    for (const batch of others) {
      this.summand ??= this.store.allocate();
      const result = await this.computeGradients(batch, step, this.summand);
      this.store.engine.kernels.blend(this.gradients.flat, this.summand.flat, 1, 1);
      lossSum += result.lossSum;
      count += result.count;
      if (!Number.isFinite(result.lossSum)) failed ??= batch;
    }
    if (count === 0 || failed) {
      this.store.untrained.flat.set(before);
      throw failed && count > 0
        ? await this.causeOf(lossSum, failed, step)
        : new UserError('The batch has nothing that the loss counts. Leave empty batches out.');
    }
    const gradientNorm = await this.applyGradients(step, learningRate, count);
    return { loss: lossSum / count, lossSum, count, gradientNorm };
  }

  /**
   * Why the loss of a batch is not finite: an input, if the loss is finite with 0 for its values that are not. NaN that the
   * model takes for an unknown value does not count, for it makes no difference.
   */
  private async causeOf(lossSum: number, batch: TrainingBatch, step: number): Promise<UserError> {
    const before = this.store.untrained.flat.slice();
    let zeroed = batch;
    for (const found of findNotFinite(this.program.pick(batch))) {
      zeroed = withoutBad(zeroed, found);
      const retried = await this.computeGradients(zeroed, step);
      this.store.untrained.flat.set(before);
      if (!Number.isFinite(retried.lossSum)) continue;
      const { shape } = this.program.inputs.find(({ name }) => name === found.input)!;
      const examples = shape[0] === 'batch' ? (batch['exampleIndex']?.data as Int32Array) : undefined;
      return badDataError(step, lossSum, found, examples?.[found.place[0]!]);
    }
    return new DivergedError(lossSum, step);
  }

  /** Updates the parameters by the gradients that were computed last, divided by `count`; their 2-norm before clipping. */
  async applyGradients(step: number, learningRate: number, count: number): Promise<number> {
    // Parameters may have been loaded since the average was made.
    if (step === 1) this.average?.flat.set(this.store.values.flat);
    const gradientNorm = await this.update({ step, learningRate, gradientScale: 1 / count });
    if (this.average) {
      const decay = Math.min(this.averageDecay, (1 + step) / (10 + step));
      this.store.engine.kernels.blend(this.average.flat, this.store.values.flat, decay, 1 - decay);
    }
    return gradientNorm;
  }
}

function gradientName(parameter: string): string {
  return `gradient.${parameter}`;
}

function updateName(parameter: string): string {
  return `update.${parameter}`;
}
