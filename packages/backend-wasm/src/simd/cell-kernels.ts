import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import {
  cellAttributes,
  cellDepth,
  cellDone,
  cellInputs,
  composedKernel,
  composedRecurrentSequence,
  composedRecurrentSequenceGrad,
  gradientNames,
  KERNELS,
  otherStates,
} from '@secateur/backend/kernels';
import { cellBackward } from '../cells/backward.ts';
import { formOf } from '../cells/form.ts';
import { cellForward } from '../cells/forward.ts';
import type { CellCall } from '../cells/call.ts';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import type { SimdModule } from './module.ts';

/** Makes the `RecurrentSequence` kernel: a whole sequence of any cell, composed from operations where there is no SIMD. */
export function recurrentSequenceKernel(): KernelConfig {
  const otherwise = composedKernel(composedRecurrentSequence);
  return fusedKernel(KERNELS.recurrentSequence, otherwise, (module, backend, inputs, attrs) => {
    const call = callOf(module, inputs, attrs);
    const { sizes, form } = call;
    const { batch, time, units, depth } = sizes;
    if (units === 0) return otherwise({ backend, inputs, attrs });
    const make = (...shape: number[]): TensorInfo => backend.makeOutput(shape, 'float32');
    const y = make(batch, time, units);
    const activations = make(time, batch, depth * form.saved.activations.length * units);
    const saved = make(time, batch, depth * form.saved.states.length * units);
    const last = otherStates(form.cell).map((name) => [name, make(batch, units)] as const);
    cellForward(call, { y, activations, saved, last: Object.fromEntries(last) });
    return [y, activations, saved, ...last.map(([, info]) => info)];
  });
}

/** Makes the `RecurrentSequenceGrad` kernel: back-propagation through a whole sequence of any cell. */
export function recurrentSequenceGradKernel(): KernelConfig {
  const otherwise = composedKernel(composedRecurrentSequenceGrad);
  return fusedKernel(KERNELS.recurrentSequenceGrad, otherwise, (module, backend, inputs, attrs) => {
    const call = callOf(module, inputs, attrs);
    // Without units there is nothing to compute.
    if (call.sizes.units === 0) return otherwise({ backend, inputs, attrs });
    const { cell } = call.form;
    const { x, weights, states } = call.inputs;
    // Numbered as inputs are.
    const gradients: Record<string, TensorInfo> = {};
    gradientNames(cell).forEach(([kind, name], k) => {
      const of = kind === 'x' ? x : kind === 'weight' ? weights[name]! : states[name]!;
      gradients[k] = backend.makeOutput(of.shape, 'float32');
    });
    cellBackward(call, cellDone(cell, inputs), cellInputs(cell, gradients));
    return Object.values(gradients);
  });
}

function callOf(module: SimdModule, infos: Infos, attrs: NamedAttrMap): CellCall {
  const { cell, order, settings } = cellAttributes(attrs);
  const inputs = cellInputs(cell, infos);
  const [batch, time, input] = inputs.x.shape as [number, number, number];
  const units = inputs.states[cell.output]!.shape[1]!;
  const sizes = { batch, time, input, units, depth: cellDepth(cell, inputs.weights) };
  return {
    module,
    form: formOf(cell, order),
    sizes,
    inputs,
    settings: { ...cell.settings, ...settings },
  };
}
