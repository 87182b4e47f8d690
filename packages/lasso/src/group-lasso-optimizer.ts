import {
  dispose,
  keep,
  Optimizer,
  tidy,
  type NamedTensorMap,
  type Scalar,
  type serialization,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { GroupSet } from '@secateur/groups';
import {
  lastLearningRateOf,
  learningRateOf,
  registeredVariables,
  restoreBetaPowers,
  slotLists,
} from '@secateur/optimizer-state';
import { isAdam } from './adam-steps.ts';
import { BudgetControl, type BudgetState } from './budget/control.ts';
import { resolveBudget } from './budget/options.ts';
import { checkGradients, checkGroups } from './check-groups.ts';
import { penalisedSquaredNorm, shrinkWeight } from '@secateur/backend';
import { clipScale } from './clip.ts';
import { squaredComponentNorms } from './component-norms.ts';
import { readInner, readSettings, writeConfig } from './config.ts';
import { copyOptimizer } from './copy-optimizer.ts';
import { LassoError } from './error.ts';
import { CurrentPlan } from './current-plan.ts';
import { bySet, type UploadedPlan } from './group-plan.ts';
import { writeLearningRate } from './learning-rate.ts';
import type { LassoMetrics } from './metrics.ts';
import { tidyAll, type NamedTensor } from './named-tensor.ts';
import {
  givenOptions,
  resolveOptions,
  type GroupLassoOptions,
  type ResolvedOptions,
} from './options.ts';
import { subgradientFactors, shrinkFactors } from './fused-penalty.ts';
import { RestoredState } from './restored-state.ts';
import { evaluateChecked } from './schedule.ts';
import { gradientsByName, stableOrder } from './slot-order.ts';
import { takeStep } from './take-step.ts';
import { withDecay } from './weight-decay.ts';
import { replace, type WeightStep } from './weight-step.ts';

/**
 * An optimizer that adds group Lasso to another one: the penalty's gradient before its step or a proximal step after
 * it, a clip over both, and the paper's threshold. It serves wherever TensorFlow.js takes an optimizer. Weights are
 * found by name among the registered variables, and the state of the inner optimizer stays with their names.
 */
export class GroupLassoOptimizer extends Optimizer {
  /** The name tfjs saves this optimizer under. */
  static readonly className: string = 'GroupLasso';

  /** The optimizer that takes the steps. */
  readonly inner: Optimizer;
  readonly #options: ResolvedOptions;
  #budget: BudgetControl | undefined;
  #groups: readonly GroupSet[];
  readonly #plan = new CurrentPlan();
  #step = 0;
  #seen: string[] = [];
  readonly #restored = new RestoredState();
  #gradientNorm: Scalar | undefined;

  /** See {@link groupLasso}. */
  constructor(inner: Optimizer, groups: readonly GroupSet[], options: GroupLassoOptions) {
    super();
    if (typeof inner !== 'object' || inner === null || !(inner instanceof Optimizer)) {
      throw new LassoError(
        `groupLasso: expected a TensorFlow.js optimizer such as train.sgd(1), found ${String(inner)}; make one from tf.train.`,
      );
    }
    checkGroups(groups, 'groupLasso');
    this.inner = inner;
    this.#options = resolveOptions(options);
    this.#groups = groups;
    const { budget, penalty } = this.#options;
    if (budget !== undefined) this.#budget = new BudgetControl(resolveBudget(budget, groups));
    else if (penalty === 'proximal') this.#stepSize();
  }

  /** Number of steps taken; schedules are asked with it. */
  get step(): number {
    return this.#step;
  }

  /** Sets the number of steps taken, to resume a run. */
  setStep(step: number): void {
    if (!Number.isInteger(step) || step < 0) {
      throw new LassoError(
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

  /** The group sets penalised now. */
  get groups(): readonly GroupSet[] {
    return this.#groups;
  }

  /** Replaces the group sets after compaction; the variables of their weights may have new shapes from now on. */
  setGroups(groups: readonly GroupSet[]): void {
    checkGroups(groups, 'setGroups');
    const { budget } = this.#options;
    const control = budget && new BudgetControl(resolveBudget(budget, groups));
    this.#budget?.dispose();
    this.#budget = control;
    this.#groups = groups;
    this.#seen = [];
    this.#plan.forget();
  }

  /**
   * What a budget must know to go on with the same bits, as plain JSON; undefined without a budget. A checkpoint keeps it
   * beside {@link GroupLassoOptimizer.step}.
   */
  get budgetState(): BudgetState | undefined {
    return this.#budget?.state;
  }

  /** Sets what {@link GroupLassoOptimizer.budgetState} gave, to resume a run whose groups are these. */
  setBudgetState(state: BudgetState): void {
    if (this.#budget === undefined) {
      throw new LassoError(
        'setBudgetState: expected an optimizer with a budget, found one without; make it with the options of the run.',
      );
    }
    this.#budget.setState(
      state,
      Object.fromEntries(this.#groups.map(({ name, count }) => [name, count])),
    );
  }

  /**
   * Checks that every weight that the groups name is a registered variable of a shape that fits. The first step does
   * it too; call it to know before. Whether these variables are those that are trained, only a step can tell.
   */
  checkVariables(): void {
    this.#currentPlan('checkVariables');
  }

  /** Takes a step; called by `minimize`, by `model.fit`, or in a loop of your own after `computeGradients`. */
  override applyGradients(variableGradients: NamedTensorMap | NamedTensor[]): void {
    const variables = registeredVariables();
    const byName = gradientsByName(variableGradients);
    this.#restored.place(this.inner, byName, variables);
    const order = stableOrder(this.inner, this.#seen, byName.keys(), variables);
    const plan = this.#currentPlan('applyGradients');
    if (this.#options.missingGradients === 'error') checkGradients(this.#groups, byName);
    const { penalty, epsilon, clipNorm, weightDecay, thresholdScope } = this.#options;
    const lambda = evaluateChecked(this.#options.lambda, 'lambda', this.#step);
    const threshold = evaluateChecked(this.#options.threshold, 'threshold', this.#step);

    const weightOf = (name: string): Variable => variables[name]!;
    const penalised = new Set(plan.weights.map(({ name }) => name));
    const subgradient = penalty === 'subgradient' && lambda > 0;
    const proximal = this.#budget === undefined && penalty === 'proximal' && lambda > 0;
    const thresholdOf = (name: string): number =>
      lambda > 0 && (thresholdScope === 'all' || penalised.has(name)) ? threshold : 0;

    const { steps, scale, norm } = tidyAll(() => {
      const factors = subgradient ? subgradientFactors(plan, weightOf, lambda, epsilon) : undefined;
      const steps = order.map((name): WeightStep => ({
        name,
        weight: weightOf(name),
        gradient: byName.get(name),
        factors: withDecay(weightOf(name), factors?.get(name), weightDecay),
        // The proximal step comes between the step and the threshold.
        threshold: proximal && penalised.has(name) ? 0 : thresholdOf(name),
      }));
      const squares = steps.flatMap(({ weight, gradient, factors }) =>
        clipNorm === undefined || gradient === undefined
          ? []
          : [penalisedSquaredNorm({ gradient, weight, ...factors })],
      );
      const clip = squares.length > 0 ? clipScale(squares, clipNorm!) : undefined;
      return { steps, scale: clip?.scale, norm: clip?.norm };
    });
    if (norm !== undefined) {
      this.#gradientNorm?.dispose();
      this.#gradientNorm = keep(norm);
    }
    try {
      takeStep(this.inner, steps, scale);
    } finally {
      scale?.dispose();
      for (const { factors } of steps) dispose([factors?.rows, factors?.columns]);
    }
    this.#seen = order;
    this.#restored.remember(this.inner, new Set(byName.keys()));
    if (proximal) this.#shrink(plan, byName, lambda * this.#stepSize(), thresholdOf);
    const weighting = this.#budget?.amounts(this.#step, plan, weightOf);
    if (weighting !== undefined) this.#shrink({ ...plan, weighting }, byName, 1, () => 0);
    this.#step += 1;
  }

  /** Reads how things stand: the penalty, the gradient norm, and how many components are alive. */
  async metrics(): Promise<LassoMetrics> {
    const step = this.#step;
    const lambda = this.#lastLambda();
    const threshold = evaluateChecked(this.#options.threshold, 'threshold', Math.max(0, step - 1));
    const plan = this.#currentPlan('metrics');
    const [squares, gradientNorm, factors] = await Promise.all([
      this.#readSquares(plan),
      this.#gradientNorm?.data(),
      plan.weighting?.data(),
    ]);
    const penalty = squares.reduce((p, s, k) => p + lambda * (factors?.[k] ?? 1) * Math.sqrt(s), 0);
    const bySets = bySet(plan, squares, (set) => set);
    return {
      step,
      lambda,
      threshold,
      penalty,
      gradientNorm: gradientNorm?.[0] ?? NaN,
      alive: bySet(plan, squares, (set) => set.filter((square) => square !== 0).length),
      sizes: bySet(plan, squares, (set) => set.length),
      budget: this.#budget?.progress(bySets) ?? [],
    };
  }

  /** Lambda of the last step; with a budget the one that shrinks components as much as they shrink on average. */
  #lastLambda(): number {
    const before = Math.max(0, this.#step - 1);
    if (this.#budget === undefined) return evaluateChecked(this.#options.lambda, 'lambda', before);
    const { meanAmount } = this.#budget;
    return meanAmount === 0 ? 0 : meanAmount / (lastLearningRateOf(this.inner) ?? NaN);
  }

  /** Reads the norm `||w_g||` of every component (no epsilon: 0 is exactly zero), by group set. */
  async norms(): Promise<Record<string, Float32Array>> {
    const plan = this.#currentPlan('norms');
    return bySet(plan, await this.#readSquares(plan), (set) => set.map(Math.sqrt));
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
      groups: this.#groups,
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
    this.#plan.forget();
    this.#budget?.dispose();
    this.#gradientNorm?.dispose();
    this.#gradientNorm = undefined;
    this.inner.dispose();
  }

  #shrink(
    plan: UploadedPlan,
    gradients: ReadonlyMap<string, Tensor | undefined>,
    amount: number,
    thresholdOf: (name: string) => number,
  ): void {
    const variables = registeredVariables();
    tidy(() => {
      const factors = shrinkFactors(plan, (name) => variables[name]!, amount);
      for (const [name, own] of factors) {
        if (gradients.get(name) === undefined) continue;
        const weight = variables[name]!;
        replace(weight, shrinkWeight(weight, own, thresholdOf(name)));
      }
    });
  }

  /** The proximal step size at this step. */
  #stepSize(): number {
    const { stepSize } = this.#options;
    const found = stepSize ?? lastLearningRateOf(this.inner);
    if (found === undefined) {
      throw new LassoError(
        `groupLasso: expected an optimizer with a learning rate for penalty 'proximal', found none on ${this.inner.getClassName()}; pass stepSize.`,
      );
    }
    return evaluateChecked(
      found,
      stepSize === undefined ? 'the learning rate' : 'stepSize',
      this.#step,
    );
  }

  #currentPlan(where: string): UploadedPlan {
    return this.#plan.of(this.#groups, this.#options.weighting, where);
  }

  async #readSquares(plan: UploadedPlan): Promise<Float32Array> {
    const variables = registeredVariables();
    const squares = squaredComponentNorms(plan, (name) => variables[name]!);
    try {
      return (await squares.data<'float32'>()).slice();
    } finally {
      squares.dispose();
    }
  }
}
