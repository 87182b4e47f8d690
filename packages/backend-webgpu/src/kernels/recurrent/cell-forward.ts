import type { TensorInfo } from '@tensorflow/tfjs-core';
import { otherStates } from '@secateur/backend/kernels';
import { cellGradient, savedBy } from '@secateur/kernels';
import { as } from '../../gpu-backend.ts';
import { makeOutput, type Tensors, type Uniforms } from '../../program.ts';
import type { GpuKernel } from '../fused-kernel.ts';
import { moved } from '../places.ts';
import { product } from '../products.ts';
import { givenLines, readCall } from './cell-call.ts';
import { prepareCell } from './cell-program.ts';
import { cellStages } from './cell-stages.ts';
import { stepGrid } from './step-sums.ts';

/**
 * `RecurrentSequence`: one product for the inputs of all steps, then for each repetition of each step one program a stage, which
 * multiplies what the products read with the recurrent weights, evaluates the equations and writes their values where they
 * belong.
 */
export const recurrentSequence: GpuKernel = (backend, infos, attrs) => {
  const call = readCall(infos, attrs);
  const { cell, inputs, batch, time, units, depth, uniforms } = call;
  const { x, weights } = inputs;
  const saved = savedBy(cell, cellGradient(cell));
  const y = makeOutput(backend, [batch, time, units]);
  const keeping = ({ length }: readonly unknown[]): TensorInfo =>
    makeOutput(backend, [time, batch, depth * length * units]);
  const [activations, states] = [keeping(saved.activations), keeping(saved.states)];
  if (units === 0) {
    const last = otherStates(cell).map(() => makeOutput(backend, [batch, 0]));
    return [y, activations, states, ...last];
  }

  const { kernel, recurrent } = weights;
  const { tile, groups } = stepGrid(backend, batch, units);
  const { programs, carried } = cellStages(cell, tile);
  const given = givenLines(backend, call, 'with biases');
  const temporary = {
    given,
    ...(kernel && { projected: product(backend, as(x, batch * time, x.shape[2]!), kernel) }),
    ...(carried > 0 && { between: makeOutput(backend, [carried, batch, units]) }),
  };
  const { between, ...read } = temporary;
  const tensors: Tensors = {
    inputs: { ...read, ...(recurrent && { recurrent }) },
    outputs: { y, activations, states, ...(between && { between }) },
  };
  const positions = Array.from({ length: time * depth }, (_, at): Uniforms => ({
    position: ['u32', at],
  }));
  const stages = programs.map((program) =>
    prepareCell(backend, program, tensors, uniforms, positions, groups),
  );
  for (let at = 0; at < positions.length; at++) {
    for (const stage of stages) stage.run(at);
  }
  for (const stage of stages) stage.release();
  for (const { dataId } of Object.values(temporary)) backend.disposeData(dataId);

  const width = depth * saved.states.length * units;
  const last = otherStates(cell).map((name) => {
    const place = (depth - 1) * saved.states.length + saved.states.indexOf(name);
    const first = (time - 1) * batch * width + place * units;
    return moved(backend, states, [batch, units], { first, steps: [width, 1] });
  });
  return [y, activations, states, ...last];
};
