import type { GroupSet } from '@secateur/groups';
import { registeredVariables } from '@secateur/optimizer-state';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { BudgetControl, type BudgetState } from './budget/control.ts';
import { resolveBudget } from './budget/options.ts';
import { checkSlices } from './check-groups.ts';
import { argumentError, variablesError } from './error.ts';
import { planGroups, uploadPlan, type UploadedPlan } from './group-plan.ts';
import { stepSizeOf } from './learning-rate.ts';
import type { ResolvedOptions } from './options.ts';
import type { Shrinkage, Step } from './step.ts';

/** The groups that are penalized now, with what follows from them: their budget, and their plan for the variables. */
export class PenalizedGroups {
  readonly #options: ResolvedOptions;
  #sets: readonly GroupSet[];
  #budget: BudgetControl | undefined;
  #plan: UploadedPlan | undefined;

  constructor(sets: readonly GroupSet[], options: ResolvedOptions) {
    this.#options = options;
    this.#sets = sets;
    this.#budget = budgetOf(options, sets);
  }

  /** The group sets. */
  get sets(): readonly GroupSet[] {
    return this.#sets;
  }

  /** What sets their penalty, where that is a budget. */
  get budget(): BudgetControl | undefined {
    return this.#budget;
  }

  /** Puts other group sets in their place; if they do not fit the budget, nothing changes. */
  replace(sets: readonly GroupSet[]): void {
    const budget = budgetOf(this.#options, sets);
    this.dispose();
    this.#budget = budget;
    this.#sets = sets;
  }

  /** Sets how the budget stands. */
  setBudgetState(state: BudgetState): void {
    if (this.#budget === undefined) {
      throw argumentError(
        'setBudgetState: expected an optimizer with a budget, found one without; make it with the options of the run.',
      );
    }
    const counts = this.#sets.map(({ name, count }) => [name, count] as const);
    this.#budget.setState(state, Object.fromEntries(counts));
  }

  /** The plan; it is built at first need, and checked against the variables' shapes each time. */
  plan(where: string): UploadedPlan {
    const variables = registeredVariables();
    if (this.#plan === undefined) {
      const shapes = Object.fromEntries(Object.values(variables).map((v) => [v.name, v.shape]));
      checkSlices(this.#sets, shapes, where);
      this.#plan = uploadPlan(planGroups(this.#sets, shapes), this.#options.weighting);
      return this.#plan;
    }
    for (const { name, shape } of this.#plan.weights) {
      const now = Object.hasOwn(variables, name) ? variables[name]!.shape : undefined;
      if (now !== undefined && now.join() === shape.join()) continue;
      throw variablesError(
        `${where}: expected weight "${name}" of shape [${shape.join(', ')}] as before, found ${now === undefined ? 'no variable of that name' : `[${now.join(', ')}]`}; after compaction, call setGroups with the groups of the new layout.`,
      );
    }
    return this.#plan;
  }

  /**
   * How far the groups shrink after the `taken + 1`-th step of the inner optimizer, whose rate counts unless there is a
   * `stepSize`; undefined when they do not.
   */
  shrinkage(
    { plan, weightOf, penalty, lambda, stepSize }: Step,
    inner: Optimizer,
    taken: number,
  ): Shrinkage | undefined {
    if (this.#budget !== undefined) {
      const weighting = this.#budget.amounts(taken, plan, weightOf);
      return weighting && { amount: 1, weighting };
    }
    if (penalty !== 'proximal' || lambda === 0) return undefined;
    const isGiven = this.#options.stepSize !== undefined;
    const size = isGiven ? stepSize : stepSizeOf(this.#options, inner, taken);
    return { amount: lambda * size, weighting: plan.weighting };
  }

  /** Disposes what is kept on the backend; a later plan is built again. */
  dispose(): void {
    this.#plan?.dispose();
    this.#plan = undefined;
    this.#budget?.dispose();
  }
}

function budgetOf(
  { budget }: ResolvedOptions,
  sets: readonly GroupSet[],
): BudgetControl | undefined {
  return budget && new BudgetControl(resolveBudget(budget, sets));
}
