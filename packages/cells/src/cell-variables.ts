import {
  engine,
  tensor,
  tidy,
  Variable,
  variable,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { layoutShapes, type Layout, type NamedArray } from '@secateur/groups';
import { CellError } from './error.ts';
import type { Initialiser } from './initialisers.ts';

/**
 * Where a cell's weights come from: an initialiser, arrays by weight name (a file), or variables by weight name, which
 * the cell then uses as they are (after compaction). Names that the cell does not know are left alone.
 */
export type WeightSource = Initialiser | Readonly<Record<string, NamedArray | Variable>>;

/** Makes one variable for each weight of a layout, named after it; on failure none stays. */
export function cellVariables(
  caller: string,
  layout: Layout,
  source: WeightSource,
): Record<string, Variable> {
  const made: Variable[] = [];
  const variables: Record<string, Variable> = {};
  try {
    for (const [name, shape] of Object.entries(layoutShapes(layout))) {
      const found = typeof source === 'function' ? source(name, shape) : source[name];
      checkValues(caller, name, shape, found);
      if (found instanceof Variable) {
        variables[name] = found;
        continue;
      }
      if (engine().registeredVariables[name] !== undefined) {
        throw new CellError(
          `${caller}: expected the name "${name}" to be free, found a variable of that name; dispose the cell that owns it, or pass it in init.`,
        );
      }
      const created = tidy(() => variable(tensor(found.data, [...shape], 'float32'), true, name));
      made.push(created);
      variables[name] = created;
    }
  } catch (error) {
    for (const each of made) each.dispose();
    throw error;
  }
  return variables;
}

/** The weights that every recurrent cell has, from the cell's variables: `name/kernel`, `name/recurrent`, `name/bias`. */
export function recurrentWeights(
  variables: Readonly<Record<string, Variable>>,
  name: string,
): { readonly kernel: Tensor2D; readonly recurrent: Tensor2D; readonly bias: Tensor1D } {
  return {
    kernel: variables[`${name}/kernel`] as Variable as Tensor2D,
    recurrent: variables[`${name}/recurrent`] as Variable as Tensor2D,
    bias: variables[`${name}/bias`] as Variable as Tensor1D,
  };
}

function checkValues(
  caller: string,
  name: string,
  shape: readonly number[],
  found: NamedArray | Variable | undefined,
): asserts found is NamedArray | Variable {
  if (found === undefined) {
    throw new CellError(
      `${caller}: expected init to hold weight "${name}" [${shape.join(', ')}], found nothing of that name; check the cell's name.`,
    );
  }
  const size = shape.reduce((product, next) => product * next, 1);
  const fits =
    shape.length === found.shape.length &&
    shape.every((length, axis) => length === found.shape[axis]) &&
    (found instanceof Variable || found.data.length === size);
  if (fits) return;
  const values = found instanceof Variable ? '' : ` with ${found.data.length} values`;
  throw new CellError(
    `${caller}: expected weight "${name}" to have shape [${shape.join(', ')}], found [${found.shape.join(', ')}]${values}; check the sizes in dims.`,
  );
}
