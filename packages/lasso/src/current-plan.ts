import type { GroupSet } from '@secateur/groups';
import { registeredVariables } from '@secateur/optimizer-state';
import { checkSlices } from './check-groups.ts';
import { LassoError } from './error.ts';
import { planGroups, uploadPlan, type UploadedPlan } from './group-plan.ts';

/** The plan of groups for the variables as they are. */
export class CurrentPlan {
  #plan: UploadedPlan | undefined;

  /** The plan; it is built at first need, and checked against the variables' shapes each time. */
  of(groups: readonly GroupSet[], weighting: 'none' | 'sqrt-size', where: string): UploadedPlan {
    const variables = registeredVariables();
    if (this.#plan === undefined) {
      const shapes = Object.fromEntries(Object.values(variables).map((v) => [v.name, v.shape]));
      checkSlices(groups, shapes, where);
      this.#plan = uploadPlan(planGroups(groups, shapes), weighting);
      return this.#plan;
    }
    for (const { name, shape } of this.#plan.weights) {
      const now = Object.hasOwn(variables, name) ? variables[name]!.shape : undefined;
      if (now !== undefined && now.join() === shape.join()) continue;
      throw new LassoError(
        `${where}: expected weight "${name}" of shape [${shape.join(', ')}] as before, found ${now === undefined ? 'no variable of that name' : `[${now.join(', ')}]`}; after compaction, call setGroups with the groups of the new layout.`,
      );
    }
    return this.#plan;
  }

  /** Disposes the plan: the groups are others, or no longer needed. */
  forget(): void {
    this.#plan?.dispose();
    this.#plan = undefined;
  }
}
