import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cellDone, gradientNames, otherStates } from '@secateur/backend/kernels';
import { weightShapes } from '@secateur/kernels';
import { sizeOf } from '../../gpu-backend.ts';
import { copy, makeOutput, type Uniforms } from '../../program.ts';
import type { GpuKernel } from '../fused-kernel.ts';
import { sumsDownColumns, zeros } from '../sums.ts';
import { transposed } from '../transpose.ts';
import { givenLines, readCall } from './cell-call.ts';
import { prepareCell } from './cell-program.ts';
import { cellRounds } from './cell-rounds.ts';
import { weightGradients } from './cell-weights.ts';
import { stepGrid } from './step-sums.ts';

/**
 * `RecurrentSequenceGrad`: back through time one program a stage of each repetition of each step, which multiplies the gradients
 * of the blocks after it with the recurrent weights and computes its own; the gradients of the weights and inputs are then
 * products over all steps.
 */
export const recurrentSequenceGrad: GpuKernel = (backend, infos, attrs) => {
  const call = readCall(infos, attrs);
  const { cell, inputs, batch, time, units, depth, uniforms } = call;
  const { x, weights } = inputs;
  const { kernel, recurrent } = weights;
  const names = gradientNames(cell);
  if (units === 0) {
    const shapes = weightShapes(cell, { input: x.shape[2]!, units });
    return names.map(([kind, name]) => {
      if (kind === 'state') return zeros(backend, [batch, 0]);
      return zeros(backend, kind === 'x' ? x.shape : [...shapes[name]!]);
    });
  }
  const { y, activations, saved, dy, dstates } = cellDone(cell, infos);
  const { tile, groups } = stepGrid(backend, batch, units);
  const { programs, crowded, shared, carried: planes } = cellRounds(cell, tile);
  const carried = makeOutput(backend, [planes, batch, units]);
  const count = batch * units;
  for (const name of otherStates(cell)) {
    copy(backend, dstates[name]!, carried, { target: cell.states.indexOf(name) * count });
  }
  // Gradients of blocks, sequence by sequence as x: of recurrent parts for each repetition, and of input parts if they differ.
  const dRecurrent =
    recurrent && makeOutput(backend, [depth, batch * time, recurrent.shape[1]! / depth]);
  const dz = kernel && !shared ? makeOutput(backend, [batch * time, kernel.shape[1]!]) : undefined;
  const transpose = recurrent && transposed(backend, recurrent, [1, 0]);
  const given = givenLines(backend, call, crowded ? [dy] : []);
  const kept = { given, y, activations, states: saved };
  const tensors = {
    inputs: { ...kept, dy, ...(transpose && { transpose }) },
    outputs: { carried, ...(dRecurrent && { own: dRecurrent }), ...(dz && { dz }) },
  };
  const positions = Array.from({ length: time * depth + 1 }, (_, next): Uniforms => ({
    next: ['u32', next],
  }));
  const all = programs.map((program) =>
    prepareCell(backend, program, tensors, uniforms, positions, groups),
  );
  for (let next = time * depth; next >= 0; next--) {
    for (const back of next > 0 ? all : all.slice(0, 1)) back.run(next);
  }
  for (const back of all) back.release();

  const { length } = cell.parameters;
  const sums = length > 0 ? sumsDownColumns(backend, carried, units, false, planes) : undefined;
  const cut = (from: TensorInfo, shape: number[], source: number): TensorInfo => {
    const out = makeOutput(backend, shape);
    copy(backend, from, out, { source, count: sizeOf(out) });
    return out;
  };
  const ofWeights = weightGradients(backend, call, { dRecurrent, dz }, kept);
  const gradients = names.map(([kind, name]) => {
    if (kind === 'state') return cut(carried, [batch, units], cell.states.indexOf(name) * count);
    const parameter = cell.parameters.indexOf(name);
    if (kind === 'x' || parameter < 0) return ofWeights[name] ?? zeros(backend, x.shape);
    return cut(sums!, [units], (planes - length + parameter) * units);
  });
  for (const info of [carried, sums, given, dRecurrent, dz, transpose])
    if (info !== undefined) backend.disposeData(info.dataId);
  return gradients;
};
