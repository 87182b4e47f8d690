import {
  dispose,
  keep,
  Optimizer,
  type NamedTensorMap,
  type Scalar,
  type serialization,
} from '@tensorflow/tfjs-core';
import type { GroupSet } from '@secateur/groups';
import {
  learningRateOf,
  registeredVariables,
  restoreBetaPowers,
  slotLists,
} from '@secateur/optimizer-state';
import { isAdam } from './adam-steps.ts';
import type { BudgetState } from './budget/control.ts';
import { checkGradients, checkGroups } from './check-groups.ts';
import { readInner, readSettings, writeConfig } from './config.ts';
import { copyOptimizer } from './copy-optimizer.ts';
import { argumentError } from './error.ts';
import { bySet } from './group-plan.ts';
import { stepSizeOf, writeLearningRate } from './learning-rate.ts';
import { readMetrics, readSquares, type LassoMetrics } from './metrics.ts';
import { tidyAll, type NamedTensor } from './named-tensor.ts';
import {
  givenOptions,
  resolveOptions,
  type GroupLassoOptions,
  type ResolvedOptions,
} from './options.ts';
import { PenalizedGroups } from './penalized-groups.ts';
import { evaluateChecked } from './schedule.ts';
import { gradientsByName } from './slot-order.ts';
import { StateOwners } from './state-owners.ts';
import {
  clipGradients,
  disposeGradients,
  penaltyGradients,
  shrinkGroups,
  type Step,
} from './step.ts';
import { takeStep } from './take-step.ts';
import { renameWeights, variableNames } from './variable-names.ts';

/**
 * An optimizer that adds group Lasso to another one: the penalty's gradient before its step or a proximal step after
 * it, a clip over both, and the paper's threshold. It serves wherever TensorFlow.js takes an optimizer. Weights are
 * found among the registered variables by the name of the variable, and the state of the inner optimizer stays with that name.
 *
 * @example
 * ```ts
 * import { ones, train } from '@tensorflow/tfjs-core';
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { issGroups, layersModelLayout } from '@secateur/groups';
 * import { GroupLassoOptimizer } from '@secateur/lasso';
 *
 * await useBackend('cpu');
 *
 * const init = { kernelInitializer: 'ones', recurrentInitializer: 'zeros' } as const;
 * const lstm = layers.lstm({ ...init, name: 'lstm', units: 2, inputShape: [4, 2] });
 * const model = sequential({ layers: [lstm, layers.dense({ ...init, units: 1 })] });
 * const groups = issGroups(layersModelLayout(model)); // of 9 ones each
 * const optimizer = new GroupLassoOptimizer(train.sgd(0.1), groups, { lambda: 0.5 });
 * await optimizer.norms(); // => { lstm: [3, 3] }
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * await model.fit(ones([4, 4, 2]), ones([4, 1]), { epochs: 3, verbose: 0 });
 * optimizer.step; // => 3
 * ```
 */
export class GroupLassoOptimizer extends Optimizer {
  /** The name tfjs saves this optimizer under. */
  static readonly className: string = 'GroupLasso';

  /** The optimizer that takes the steps. */
  readonly inner: Optimizer;
  readonly #options: ResolvedOptions;
  readonly #names: ReadonlyMap<string, string>;
  readonly #groups: PenalizedGroups;
  #step = 0;
  readonly #owners = new StateOwners();
  #gradientNorm: Scalar | undefined;
  #isDisposed = false;

  /** See {@link groupLasso}. */
  constructor(inner: Optimizer, groups: readonly GroupSet[], options: GroupLassoOptions) {
    super();
    if (typeof inner !== 'object' || inner === null || !(inner instanceof Optimizer)) {
      throw argumentError(
        `groupLasso: expected a TensorFlow.js optimizer such as train.sgd(1), found ${String(inner)}; make one from tf.train.`,
      );
    }
    this.inner = inner;
    checkGroups(groups, 'groupLasso');
    this.#options = resolveOptions(options);
    this.#names = variableNames(options.variables, groups);
    this.#groups = new PenalizedGroups(renameWeights(groups, this.#names), this.#options);
    const { budget, penalty } = this.#options;
    if (budget === undefined && penalty === 'proximal') stepSizeOf(this.#options, inner, 0);
  }

  /** Number of steps taken; schedules are asked with it. */
  get step(): number {
    return this.#step;
  }

  /** Sets the number of steps taken, to resume a run. */
  setStep(step: number): void {
    if (!Number.isInteger(step) || step < 0) {
      throw argumentError(
        `setStep: expected a whole number >= 0, found ${String(step)}; pass the step of the checkpoint.`,
      );
    }
    this.#step = step;
  }

  /** Number of steps the inner optimizer has taken. */
  override get iterations(): number {
    return this.inner.iterations;
  }

  /**
   * The inner optimizer's learning rate; undefined when it has none. It can be assigned at any time, as callbacks of a
   * training do, and counts from the next step on: for the step, and for the proximal step unless that has a `stepSize`.
   */
  get learningRate(): number | undefined {
    return learningRateOf(this.inner);
  }

  set learningRate(rate: number) {
    writeLearningRate(this.inner, rate, 'learningRate');
  }

  /** Sets {@link GroupLassoOptimizer.learningRate}, as the method of tfjs's SGD does. */
  setLearningRate(rate: number): void {
    writeLearningRate(this.inner, rate, 'setLearningRate');
  }

  /** The group sets penalized now, with the names that TensorFlow.js has for the variables of their weights. */
  get groups(): readonly GroupSet[] {
    return this.#groups.sets;
  }

  /** Replaces the group sets after compaction; the variables of their weights may have new shapes from now on. */
  setGroups(groups: readonly GroupSet[]): void {
    checkGroups(groups, 'setGroups');
    this.#groups.replace(renameWeights(groups, this.#names));
    this.#owners.forget();
  }

  /**
   * What a budget must know to go on with the same bits, as plain JSON; undefined without a budget. A checkpoint keeps it
   * beside {@link GroupLassoOptimizer.step}.
   */
  get budgetState(): BudgetState | undefined {
    return this.#groups.budget?.state;
  }

  /** Sets what {@link GroupLassoOptimizer.budgetState} gave, to resume a run whose groups are these. */
  setBudgetState(state: BudgetState): void {
    this.#groups.setBudgetState(state);
  }

  /**
   * Checks that every weight that the groups name is a registered variable of a shape that fits. The first step does
   * it too; call it to know before. Whether these variables are those that are trained, only a step can tell.
   */
  checkVariables(): void {
    this.#groups.plan('checkVariables');
  }

  /**
   * Takes a step: penalty gradient, clip, the inner optimizer's step, proximal step, threshold. Called by `minimize`, by
   * `model.fit`, or in a loop of your own after `computeGradients`.
   */
  override applyGradients(variableGradients: NamedTensorMap | NamedTensor[]): void {
    if (this.#isDisposed) {
      throw argumentError(
        'applyGradients: expected an optimizer that is in use, found one after dispose(); make another.',
      );
    }
    const step = this.#prepare(variableGradients);
    const gradients = tidyAll(() => clipGradients(penaltyGradients(step), step.clipNorm));
    this.#keepNorm(gradients.clip?.norm);
    try {
      // With the threshold on the weights that no proximal step follows on.
      takeStep(this.inner, gradients.steps, gradients.clip?.scale);
    } finally {
      disposeGradients(gradients);
    }
    this.#owners.remember(this.inner, step);
    const shrinkage = this.#groups.shrinkage(step, this.inner, this.#step);
    if (shrinkage !== undefined) shrinkGroups(step, shrinkage);
    this.#step += 1;
  }

  /** Reads the options at this step and finds the weights; nothing has changed when something does not fit. */
  #prepare(variableGradients: NamedTensorMap | NamedTensor[]): Step {
    this.#groups.budget?.expectNorms(this.#step);
    const gradients = gradientsByName(variableGradients);
    const variables = registeredVariables();
    const order = this.#owners.order(this.inner, gradients, variables);
    const plan = this.#groups.plan('applyGradients');
    if (this.#options.missingGradients === 'error') checkGradients(this.groups, gradients);
    const lambda = evaluateChecked(this.#options.lambda, 'lambda', this.#step);
    const threshold = evaluateChecked(this.#options.threshold, 'threshold', this.#step);
    const isProximal = this.#options.penalty === 'proximal' && lambda > 0;
    return {
      ...this.#options,
      stepSize: isProximal ? stepSizeOf(this.#options, this.inner, this.#step) : 0,
      plan,
      order,
      gradients,
      lambda,
      threshold: lambda > 0 ? threshold : 0,
      weightOf: (name) => variables[name]!,
    };
  }

  /** Reads how things stand: the penalty, the gradient norm, and how many components are alive. */
  async metrics(): Promise<LassoMetrics> {
    const step = this.#step;
    const before = Math.max(0, step - 1);
    const { budget } = this.#groups;
    const lambda =
      budget?.lambda(this.inner) ?? evaluateChecked(this.#options.lambda, 'lambda', before);
    const threshold = evaluateChecked(this.#options.threshold, 'threshold', before);
    const gradientNorm = this.#gradientNorm;
    return readMetrics(this.#groups.plan('metrics'), {
      step,
      lambda,
      threshold,
      budget,
      gradientNorm,
    });
  }

  /** Reads the norm `||w_g||` of every component (no epsilon: 0 is exactly zero), by group set. */
  async norms(): Promise<Record<string, Float32Array>> {
    const plan = this.#groups.plan('norms');
    return bySet(plan, await readSquares(plan), (set) => set.map(Math.sqrt));
  }

  /** The inner optimizer's step counter, as tfjs saves it. */
  override saveIterations(): Promise<NamedTensor> {
    return this.inner.saveIterations();
  }

  /** The inner optimizer's state; this one has none of its own but {@link GroupLassoOptimizer.step}. */
  override getWeights(): Promise<NamedTensor[]> {
    return this.inner.getWeights();
  }

  /**
   * Sets the inner optimizer's state, bit for bit. It may be that of a model that was loaded again and has other names
   * now: the next step finds the weights, by name or, as tfjs's own optimizers, by position.
   */
  override async setWeights(weightValues: NamedTensor[]): Promise<void> {
    const replaced = slotLists(this.inner).flat();
    await this.inner.setWeights(weightValues);
    // tfjs only forgets them.
    dispose(replaced.map(({ variable }) => variable));
    if (isAdam(this.inner)) restoreBetaPowers(this.inner);
  }

  /**
   * The class of the inner optimizer. TensorFlow.js saves a model with its optimizer under this name, so that every loader
   * makes the inner one; see {@link GroupLassoOptimizer.restore} for the rest.
   */
  override getClassName(): string {
    return this.inner.getClassName();
  }

  /**
   * The config of the inner optimizer, and under `groupLasso` all that {@link GroupLassoOptimizer.restore} needs, as JSON.
   * A schedule that is a function of your own cannot be saved; it becomes null, and `restore` says so.
   */
  override getConfig(): serialization.ConfigDict {
    const { inner } = this;
    return writeConfig(inner, {
      step: this.#step,
      groups: this.groups,
      options: this.#options,
      budgetState: this.budgetState,
    });
  }

  /** Builds an optimizer from what `getConfig` returned, its inner one included. */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const inner = readInner(config);
    const kind = cls as unknown as typeof GroupLassoOptimizer;
    try {
      return GroupLassoOptimizer.restore.call(kind, inner, config['groupLasso']) as unknown as T;
    } catch (error) {
      inner.dispose();
      throw error;
    }
  }

  /**
   * Puts a saved group-Lasso optimizer back round its inner one, which TensorFlow.js has restored: the groups, the options
   * and the step. The next step finds the weights of the inner one's state.
   *
   * @param saved - What `getConfig` put under `groupLasso`, with the names that the weights of the groups have now.
   */
  static restore(inner: Optimizer, saved: unknown): GroupLassoOptimizer {
    if (isAdam(inner)) restoreBetaPowers(inner);
    const { step, groups, options, budgetState, nested } = readSettings(saved);
    const around = nested === undefined ? inner : GroupLassoOptimizer.restore(inner, nested);
    const made = new this(around, groups, options);
    made.setStep(step);
    if (budgetState !== undefined) made.setBudgetState(budgetState);
    return made;
  }

  /**
   * Returns an optimizer with other groups, the same options, and a copy of the inner optimizer that has taken no step: for
   * a model that was pruned. This one stays as it is.
   */
  withGroups(groups: readonly GroupSet[]): GroupLassoOptimizer {
    return new GroupLassoOptimizer(copyOptimizer(this.inner), groups, givenOptions(this.#options));
  }

  /** Disposes what this optimizer and the inner one keep on the backend. */
  override dispose(): void {
    this.#isDisposed = true;
    this.#groups.dispose();
    this.#gradientNorm?.dispose();
    this.#gradientNorm = undefined;
    this.inner.dispose();
  }

  #keepNorm(norm: Scalar | undefined): void {
    if (norm === undefined) return;
    this.#gradientNorm?.dispose();
    this.#gradientNorm = keep(norm);
  }
}
