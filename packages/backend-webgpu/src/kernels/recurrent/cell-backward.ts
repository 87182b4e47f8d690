import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cellDone, gradientNames, otherStates } from '@secateur/backend';
import { weightShapes } from '@secateur/kernels';
import { sizeOf } from '../../gpu-backend.ts';
import { copy, makeOutput } from '../../program.ts';
import type { GpuKernel } from '../fused-kernel.ts';
import { stepGrid } from '../step-program.ts';
import { sumsDownColumns, zeros } from '../sums.ts';
import { transposed } from '../transpose.ts';
import { givenLines, readCall } from './cell-call.ts';
import { runsOf } from './cell-program.ts';
import { cellRounds } from './cell-rounds.ts';
import { weightGradients } from './cell-weights.ts';

/**
 * `RecurrentSequenceGrad`: back through time one program a stage of each repetition of each step, which multiplies the gradients
 * of the blocks after with the recurrent weights and computes its own; the gradients of the weights and inputs are then
 * products over all steps.
 */
export const recurrentSequenceGrad: GpuKernel = (backend, infos, attrs) => {
  const call = readCall(infos, attrs);
  const { cell, inputs, batch, time, units, depth, uniforms } = call;
  const { x, weights, states } = inputs;
  const { y, activations, saved, dy, dstates } = cellDone(cell, infos);
  if (units === 0) {
    const shapes = weightShapes(cell, { input: x.shape[2]!, units });
    const shapeOf = { x: x.shape, ...shapes } as Record<string, readonly number[]>;
    return gradientNames(cell).map(([kind, name]) =>
      zeros(backend, kind === 'state' ? [batch, 0] : [...shapeOf[name]!]),
    );
  }

  const { rows, groups } = stepGrid(batch, units);
  const { programs, crowded, shared, carried: planes } = cellRounds(cell, rows);
  const given = givenLines(backend, call, crowded ? [dy] : []);
  const carried = makeOutput(backend, [planes, batch, units]);
  const plane = (k: number): { source: number; count: number } => ({
    source: k * batch * units,
    count: batch * units,
  });
  for (const name of otherStates(cell)) {
    copy(backend, dstates[name]!, carried, { target: plane(cell.states.indexOf(name)).source });
  }
  const { kernel, recurrent } = weights;
  // The gradients of blocks, sequence by sequence as x: those of recurrent parts for each repetition, and of input parts.
  const own = recurrent && makeOutput(backend, [depth, batch * time, recurrent.shape[1]! / depth]);
  const dz = kernel && !shared ? makeOutput(backend, [batch * time, kernel.shape[1]!]) : undefined;
  const transpose = recurrent && transposed(backend, recurrent, [1, 0]);
  const kept = { given, y, activations, states: saved };
  const tensors = {
    inputs: { ...kept, dy, ...(transpose && { transpose }) },
    outputs: { carried, ...(own && { own }), ...(dz && { dz }) },
  };
  const all = programs.map((program) => runsOf(backend, program, tensors, uniforms, groups));
  for (let next = time * depth; next >= 0; next--) {
    for (const back of next === 0 ? all.slice(0, 1) : all) back({ next: ['u32', next] });
  }

  const sums = cell.parameters.length === 0 ? undefined : sumsDownColumns(backend, carried, units, false, planes);
  const cut = (from: TensorInfo, shape: number[], source: number): TensorInfo => {
    const out = makeOutput(backend, shape);
    copy(backend, from, out, { source, count: sizeOf(out) });
    return out;
  };
  const found = weightGradients(backend, call, { own, dz }, kept);
  for (const { dataId } of [given, ...[own, dz, transpose].filter((info) => info !== undefined)])
    backend.disposeData(dataId);
  const gradients = gradientNames(cell).map(([kind, name]) => {
    if (kind === 'x') return found['x'] ?? zeros(backend, x.shape);
    if (kind === 'state') {
      return cut(carried, states[name]!.shape, plane(cell.states.indexOf(name)).source);
    }
    const parameter = cell.parameters.indexOf(name);
    if (parameter < 0) return found[name]!;
    return cut(sums!, [units], (planes - cell.parameters.length + parameter) * units);
  });
  for (const { dataId } of [carried, ...(sums ? [sums] : [])]) backend.disposeData(dataId);
  return gradients;
};
