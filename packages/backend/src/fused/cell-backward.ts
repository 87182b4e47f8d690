import { tidy, zeros, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { cellGradient, type Cell, type CellGradient, weightShapes } from '@secateur/kernels';
import { ownStates } from './cell-forward.ts';
import type { CellDone } from './cell-kernel.ts';
import { levelsOf } from './cell-levels.ts';
import { spread, tensorValues, type CellAttributes, type CellTensors } from './cell-values.ts';
import { weightGradients } from './cell-weight-gradients.ts';
import { addTo, product, rowBlocks } from './direct.ts';
import { flattenTimeMajor } from './time-major.ts';

/** Gradients of all that a composed cell reads but its masks. */
export interface CellTensorGradients {
  /** Of its inputs, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** By name, of its weights. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** By name, of the states before the first step. */
  readonly states: Readonly<Record<string, Tensor2D>>;
}

/**
 * The gradient of `composedCell`. Whatever does not depend on later steps is computed for all steps at once: what is
 * evaluated again, and the factors that gradients are multiplied by. Going back in time remain those products, and the
 * products with the recurrent weights. The weights' gradients are then one product each over all `time * batch` rows.
 */
export function composedCellGrad(
  cell: Cell,
  x: Tensor3D,
  tensors: CellTensors,
  done: CellDone<Tensor3D, Tensor2D>,
  attributes: CellAttributes,
): CellTensorGradients {
  const [batch, time, width] = x.shape;
  const units = tensors.states[cell.output]!.shape[1];
  if (units === 0) {
    const shapes = Object.entries(weightShapes(cell, { input: width, units }));
    const states = Object.entries(tensors.states);
    return {
      x: zeros(x.shape),
      weights: Object.fromEntries(shapes.map(([name, shape]) => [name, zeros([...shape])])),
      states: Object.fromEntries(states.map(([name, state]) => [name, zeros(state.shape)])),
    };
  }
  const gradient = cellGradient(cell);
  const shape = [batch, units];
  const levels = levelsOf(cell, gradient, x, tensors, done, attributes);
  const dyRows = rowBlocks(flattenTimeMajor(done.dy), time);
  let carried: Readonly<Record<string, Tensor2D>> = {
    ...done.dstates,
    [cell.output]: dyRows[time - 1]!,
  };
  for (let t = time - 1; t >= 0; t--) {
    for (let k = levels.length - 1; k >= 0; k--) {
      const { rowsAt, groups, apart, parameters } = levels[k]!;
      const step = tidy(() => {
        const values = tensorValues(gradient.nodes, (node, at) =>
          node.op === 'upstream' ? carried[node.name!] : rowsAt(at, t),
        );
        const dzs = groups.map(({ blocks, transposed, slopes }) => {
          const dz = slopes(values, t);
          values.set(leafOf(gradient, 'back', blocks), product(dz, transposed));
          return dz;
        });
        const before = cell.states.map((name): [string, Tensor2D] => {
          const dstate = spread(values.of(gradient.states[name]!), shape);
          const last = k === 0 && t > 0 && name === cell.output;
          return [name, last ? addTo(dyRows[t - 1]!, dstate) : dstate];
        });
        return {
          dzs,
          before: Object.fromEntries(before),
          apart: [...apart.keys()].map((at) => spread(values.of(at), shape)),
          parameters: [...parameters.keys()].map((at) => spread(values.of(at), shape)),
        };
      });
      carried = step.before;
      groups.forEach((group, g) => (group.dzs[t] = step.dzs[g]!));
      [...apart.values()].forEach((list, n) => (list[t] = step.apart[n]!));
      [...parameters.values()].forEach((list, n) => (list[t] = step.parameters[n]!));
    }
  }
  return {
    ...weightGradients(cell, gradient, x, tensors, attributes, levels),
    states: ownStates(carried),
  };
}

function leafOf({ nodes }: CellGradient, op: 'back', name: string): number {
  return nodes.findIndex((node) => node.op === op && node.name === name);
}
