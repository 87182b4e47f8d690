import { registeredVariables, weightOfSlot } from '@secateur/optimizer-state';
import { TrainingError } from './error.ts';
import { nearestName } from './nearest-name.ts';

/** A variable that an optimizer trains: a `tf.Variable`, or a weight of a layers model. */
export interface TrainedVariable {
  /** The name of the variable, as TensorFlow.js made it unique. */
  readonly name: string;
  /** Sizes of its axes. */
  readonly shape: readonly (number | null)[];
}

/** A slot as it was saved. */
interface SavedSlot {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Checks that the weight of every slot is registered, with the shape that was saved. */
export function checkRegistered(slots: readonly SavedSlot[]): void {
  const variables = registeredVariables();
  for (const { name, shape } of slots) {
    const weight = weightOfSlot(name);
    if (!Object.hasOwn(variables, weight)) {
      throw problem(
        `a variable "${weight}", which the saved optimizer trained`,
        nearestName(weight, Object.keys(variables)),
        'build the model first, with the same names, or pass the variables that are trained now',
      );
    }
    const actual = variables[weight]!.shape;
    if (actual.join() === shape.join()) continue;
    throw problem(
      `a variable "${weight}" of shape [${shape.join(', ')}] as saved`,
      `[${actual.join(', ')}]`,
      'build the model with the saved sizes first',
    );
  }
}

/**
 * Checks that the weights of slots were registered in the order of the slots.
 *
 * Optimizers of tfjs find a weight's slot by the position of its gradient, which is that of its variable. Variables
 * made in another order would get each other's slots; wrappers such as GroupLassoOptimizer go by name and do not care.
 */
export function checkOrder(slots: Readonly<Record<string, readonly string[]>>): void {
  if (inRegistrationOrder(slots)) return;
  const names = Object.values(slots)[0]?.map(weightOfSlot) ?? [];
  throw problem(
    'the variables in the order in which they were first made',
    'another order',
    `make them in this one: ${names.join(', ')}`,
  );
}

/** Tells whether slots, by list, stand in the order in which their variables were registered. */
export function inRegistrationOrder(slots: Readonly<Record<string, readonly string[]>>): boolean {
  const registered = new Map(Object.keys(registeredVariables()).map((name, i) => [name, i]));
  return Object.values(slots).every((names) => {
    const positions = names.map((name) => registered.get(weightOfSlot(name)) ?? -1);
    return positions.every((position, i) => i === 0 || position > positions[i - 1]!);
  });
}

/**
 * Finds the variables of one list of slots, and returns their names by saved name where these differ: by name, when each name is there, else by position,
 * when all shapes are equal and no name stands at another place.
 *
 * @param inOrder - Whether the slots must come in the order of the variables, as optimizers without a wrapper need it.
 */
export function findVariables(
  slots: readonly SavedSlot[],
  variables: readonly TrainedVariable[],
  inOrder: boolean,
): Map<string, string> {
  const weights = slots.map(({ name, shape }) => ({ name: weightOfSlot(name), shape }));
  const indexOf = new Map(variables.map(({ name }, i) => [name, i]));
  const fits = ({ shape }: SavedSlot, place: number | undefined): boolean =>
    place !== undefined && variables[place]?.shape.join() === shape.join();
  const isNamed = weights.every((weight) => fits(weight, indexOf.get(weight.name)));
  if (isNamed && !inOrder) return new Map();
  const odd = weights.findIndex(
    (weight, i) => !fits(weight, i) || (indexOf.get(weight.name) ?? i) !== i,
  );
  if (odd === -1 && (isNamed || weights.length === variables.length)) {
    return new Map(weights.map(({ name }, i) => [name, variables[i]!.name]));
  }
  const at = odd === -1 ? weights.length : odd;
  throw problem(
    `the variables that the saved optimizer trained, in their order (at ${at} ${describe(weights[at])})`,
    `${variables.length} variables (at ${at} ${describe(variables[at])})`,
    'pass those of the same model, with the same layers frozen, in the order of their gradients',
  );
}

function describe(variable: TrainedVariable | undefined): string {
  return variable === undefined ? 'none' : `"${variable.name}" [${variable.shape.join(', ')}]`;
}

/** What `writeOptimizerState` throws. */
export function problem(expected: string, found: string, fix: string): TrainingError {
  return new TrainingError(`writeOptimizerState: expected ${expected}, found ${found}; ${fix}.`, {
    code: 'optimizer',
  });
}
