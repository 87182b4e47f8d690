import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS, SMALLEST_NORM, type PenaltyRule } from '@secateur/backend/kernels';
import { makeOutput, type Program, run } from '../program.ts';
import { fusedKernel, type GpuKernel } from './fused-kernel.ts';

/** Makes the kernel `PenaltyFactors`: one program over the components, one over the places. */
export function penaltyFactorsKernel(): KernelConfig {
  return fusedKernel(KERNELS.penaltyFactors, penaltyFactors);
}

/** WGSL lets arithmetic assume that there is no NaN, and a diverged group must not look like a dead one. */
const bits = `
  fn isNan(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
  fn isFinite(x : f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`;

const overComponents = (weighted: boolean): Program => ({
  name: 'penaltyOfComponents',
  declarations: bits,
  main: `
    let k = group * LANES + lane;
    if (k >= uniforms.components) { return; }
    var total = 0.0;
    for (var layer = 0u; layer < uniforms.layers; layer++) {
      let at = layer * uniforms.components + k;
      let place = u32(sources[at]);
      if (place < uniforms.places) { total += squares[place] * sourceFactors[at]; }
    }
    let strength = uniforms.lambda${weighted ? ' * weighting[k]' : ''};
    // The smallest norm is that of the composed form; there is no epsilon in the proximal step.
    let norm = max(sqrt(total + uniforms.epsilon), uniforms.smallest);
    out[k] = select(bitcast<f32>(uniforms.nan), strength / norm, isFinite(total));`,
});

const overPlaces: Program = {
  name: 'penaltyOfPlaces',
  declarations: bits,
  main: `
    let place = group * LANES + lane;
    if (place >= uniforms.places) { return; }
    let proximal = uniforms.proximal == 1u;
    var bad = false;
    var factor = select(0.0, 1.0, proximal);
    for (var layer = 0u; layer < uniforms.layers; layer++) {
      let at = layer * uniforms.places + place;
      let k = u32(targets[at]);
      if (k < uniforms.components) {
        let own = perComponent[k];
        if (isNan(own)) { bad = true; }
        let part = own * targetFactors[at];
        factor = select(factor + part, factor * max(0.0, 1.0 - part), proximal);
      }
    }
    out[place] = select(factor, bitcast<f32>(uniforms.nan), bad);`,
};

const NAN_BITS = 0x7fc00000;

const penaltyFactors: GpuKernel = (backend, inputs, attrs) => {
  const { squares, sources, sourceFactors, targets, targetFactors } = inputs as Record<
    'squares' | 'sources' | 'sourceFactors' | 'targets' | 'targetFactors',
    TensorInfo
  >;
  const { weighting } = inputs as { weighting?: TensorInfo };
  const { rule, lambda, epsilon } = attrs as unknown as PenaltyRule;
  const proximal = rule === 'proximal';
  const [sourceLayers, components] = sources.shape as [number, number];
  const [targetLayers, positions] = targets.shape as [number, number];
  if (positions === 0 || components === 0) {
    const none = new Float32Array(positions).fill(proximal ? 1 : 0);
    return backend.makeTensorInfo([positions], 'float32', none);
  }
  const perComponent = makeOutput(backend, [components]);
  run(
    backend,
    overComponents(weighting !== undefined),
    {
      inputs: { squares, sources, sourceFactors, ...(weighting && { weighting }) },
      outputs: { out: perComponent },
    },
    {
      components: ['u32', components],
      places: ['u32', positions],
      layers: ['u32', sourceLayers],
      lambda: ['f32', lambda],
      epsilon: ['f32', proximal ? 0 : epsilon],
      smallest: ['f32', proximal ? SMALLEST_NORM : 0],
      nan: ['u32', NAN_BITS],
    },
    { entries: components },
  );
  const out = makeOutput(backend, [positions]);
  run(
    backend,
    overPlaces,
    { inputs: { perComponent, targets, targetFactors }, outputs: { out } },
    {
      components: ['u32', components],
      places: ['u32', positions],
      layers: ['u32', targetLayers],
      proximal: ['u32', Number(proximal)],
      nan: ['u32', NAN_BITS],
    },
    { entries: positions },
  );
  backend.disposeData(perComponent.dataId);
  return out;
};
