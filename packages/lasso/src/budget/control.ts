import { lastLearningRateOf } from '@secateur/optimizer-state';
import { keep, tensor1d, util, type Optimizer, type Tensor1D } from '@tensorflow/tfjs-core';
import { readsAtOnce } from '@secateur/backend/kernels';
import { squaredComponentNorms, type WeightOf } from '../component-norms.ts';
import { optimizerError } from '../error.ts';
import { bySet, type UploadedPlan } from '../group-plan.ts';
import { amountsFor, countsOf, GONE, type Amounts } from './amounts.ts';
import type { Budget } from './options.ts';

/** How a budget stands, as plain JSON: what a checkpoint keeps to go on with the same bits. */
export interface BudgetState {
  /**
   * What each component loses of its norm at a step, by group set; -1 for one that is gone for good. Null until the norms
   * have been looked at.
   */
  readonly amounts: Readonly<Record<string, readonly number[]>> | null;
}

/** How a budget stands, for a person. */
export interface BudgetProgress {
  /** What is counted: multiply-adds, parameters, bytes, or components of a dimension. */
  readonly unit: string;
  /** The cost of the whole network. */
  readonly whole: number;
  /** The cost of the components that are left. */
  readonly cost: number;
  /** The cost that is to be reached, or less. */
  readonly target: number;
  /** Whether it is. */
  readonly met: boolean;
}

/** Steps from one look at the norms to the next: often against the hundreds that a component takes to go. */
const INTERVAL = 10;

/**
 * Steps and milliseconds that norms may be on their way when the budget should be met, both of them: a training that never waits for
 * the backend never gets them. `model.fit` waits every 125 ms, and many short steps fit in; other loops wait once an epoch.
 */
const PATIENCE = {
  untilTheFirst: { steps: 10 * INTERVAL, ms: 1000 },
  later: { steps: 100 * INTERVAL, ms: 10_000 },
};

/** A component that is gone is shortened by this at every step, more than the norm that a step can give it. */
const HOLD = 1e6;

/** Sets the penalty of every component so that a budget is met in time. */
export class BudgetControl {
  readonly #budget: Budget;
  #amounts: Amounts | undefined;
  #uploaded: Tensor1D | undefined;
  /** Norms that are on their way, on a backend that cannot be waited for, since when, and the steps that have begun since. */
  #reading: { readonly plan: UploadedPlan; readonly since: number; steps: number } | undefined;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Called when a step begins: an error when norms have been on their way for so long that they will not come. `step` counts those done. */
  expectNorms(step: number): void {
    if (this.#reading === undefined) return;
    const { since, steps } = this.#reading;
    const patience = this.#amounts === undefined ? PATIENCE.untilTheFirst : PATIENCE.later;
    const isOverdue = steps >= patience.steps && util.now() - since > patience.ms;
    if (isOverdue && step >= this.#budget.by) {
      throw optimizerError(
        `applyGradients: expected the norms that the budget asked for ${steps} steps ago, found none, as these steps did not wait for the backend; await something between steps, such as \`loss.data()\`.`,
      );
    }
    this.#reading.steps++;
  }

  /**
   * What each component loses of its norm at this step, `[components]`, of which the caller disposes nothing; undefined when
   * none loses anything. `step` counts the steps that are done.
   */
  amounts(step: number, plan: UploadedPlan, weightOf: WeightOf): Tensor1D | undefined {
    const { from } = this.#budget;
    if (step < from) return undefined;
    const due = this.#amounts === undefined || (step - from) % INTERVAL === 0 || this.#isLast(step);
    if (due && !this.#isSettled()) this.#look(step, plan, weightOf);
    if (this.#amounts === undefined) return undefined;
    this.#uploaded ??= upload(this.#amounts, plan);
    return this.#uploaded;
  }

  /** The lambda whose proximal step shrinks components as much as they shrink on average; 0 when none loses anything. */
  lambda(inner: Optimizer): number {
    const left = Object.values(this.#amounts ?? {}).flatMap((list) =>
      list.filter((a) => a !== GONE),
    );
    const mean = left.length === 0 ? 0 : left.reduce((a, b) => a + b, 0) / left.length;
    return mean === 0 ? 0 : mean / (lastLearningRateOf(inner) ?? NaN);
  }

  /** How the budget stands, from the squared norms of the components by group set. */
  progress(squares: Readonly<Record<string, ArrayLike<number>>>): BudgetProgress[] {
    return this.#budget.goals.map((goal) => {
      const { unit, whole, target } = goal;
      const cost = goal.cost(countsOf(goal, squares));
      return { unit, whole, cost, target, met: cost <= target };
    });
  }

  /** All that a training that goes on must know. */
  get state(): BudgetState {
    return { amounts: this.#amounts ?? null };
  }

  /** Sets what {@link BudgetControl.state} gave, for groups of these sizes. */
  setState(state: BudgetState, counts: Readonly<Record<string, number>>): void {
    const { amounts } = checkState(state, counts);
    this.dispose();
    this.#reading = undefined;
    this.#amounts =
      amounts === null
        ? undefined
        : Object.fromEntries(Object.entries(amounts).map(([name, list]) => [name, [...list]]));
  }

  /** Disposes what it keeps on the backend. */
  dispose(): void {
    this.#uploaded?.dispose();
    this.#uploaded = undefined;
  }

  /** Whether the budget has to be met when the step after this many is done. */
  #isLast(step: number): boolean {
    return step + 1 >= this.#budget.by;
  }

  /** Whether nothing can change any more: all components that had to go are gone, and no other loses anything. */
  #isSettled(): boolean {
    const { goals } = this.#budget;
    const amounts = this.#amounts;
    if (amounts === undefined) return false;
    const left = (dim: string): number => amounts[dim]!.filter((amount) => amount !== GONE).length;
    return goals.every(
      (goal) =>
        goal.cost(Object.fromEntries(goal.dims.map((dim) => [dim, left(dim)]))) <= goal.target &&
        goal.dims.every((dim) => amounts[dim]!.every((amount) => amount <= 0)),
    );
  }

  #look(step: number, plan: UploadedPlan, weightOf: WeightOf): void {
    const squares = squaredComponentNorms(plan, weightOf);
    if (readsAtOnce()) {
      this.#set(step, plan, squares.dataSync<'float32'>());
      squares.dispose();
      return;
    }
    // WebGPU cannot be read at once: the norms count when they are here, a few steps later, unless another state was set.
    if (this.#reading?.plan === plan) {
      squares.dispose();
      return;
    }
    const reading = { plan, since: util.now(), steps: 0 };
    this.#reading = reading;
    void squares.data<'float32'>().then(
      (values) => {
        squares.dispose();
        if (this.#reading !== reading) return;
        this.#reading = undefined;
        this.#set(step, plan, values);
      },
      () => {
        // A lost device: the next step of the training says so.
        if (this.#reading === reading) this.#reading = undefined;
      },
    );
  }

  #set(step: number, plan: UploadedPlan, squares: Float32Array): void {
    const { from, by, goals } = this.#budget;
    const before = this.#amounts;
    // Gone is gone, though a gradient may have given it back a little since.
    const norms = bySet(plan, squares, (set) => Array.from(set, Math.sqrt));
    for (const [name, list] of Object.entries(norms)) {
      before?.[name]?.forEach((amount, k) => {
        if (amount === GONE) list[k] = 0;
      });
    }
    const left = this.#isLast(step) ? 0 : by - step;
    const standing = { norms, left, window: by - from, interval: INTERVAL };
    this.dispose();
    this.#amounts = Object.assign(
      bySet(plan, squares, (set) => new Array<number>(set.length).fill(0)),
      ...goals.map((goal) => amountsFor(goal, standing)),
    ) as Amounts;
  }
}

function upload(amounts: Amounts, plan: UploadedPlan): Tensor1D | undefined {
  const all = plan.sets.flatMap(({ name }) => amounts[name]!);
  if (all.every((amount) => amount === 0)) return undefined;
  return keep(tensor1d(all.map((amount) => (amount === GONE ? HOLD : amount))));
}

function checkState(state: BudgetState, counts: Readonly<Record<string, number>>): BudgetState {
  const amounts: unknown = state?.amounts;
  const fits =
    amounts === null ||
    (typeof amounts === 'object' &&
      Object.keys(amounts).length === Object.keys(counts).length &&
      Object.entries(counts).every(([name, count]) => {
        const list = Object.hasOwn(amounts, name) ? (amounts as Amounts)[name] : undefined;
        return Array.isArray(list) && list.length === count && list.every(isAmount);
      }));
  if (fits) return state;
  throw optimizerError(
    `setBudgetState: expected an amount for each component of ${Object.entries(counts)
      .map(([name, count]) => `${name} (${count})`)
      .join(', ')}, found others; pass the state of the same groups.`,
  );
}

const isAmount = (amount: unknown): boolean =>
  typeof amount === 'number' && (amount === GONE || (amount >= 0 && amount < Infinity));
