import {
  matMul,
  mul,
  reshape,
  square,
  sub,
  sum,
  tanh,
  tidy,
  transpose,
  zeros,
  type NamedAttrMap,
  type NamedTensorMap,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { addTo, columnBlocks, join, product, rowBlocks, times } from './direct.ts';
import { gatePositions, type GatePositions } from './gates.ts';
import { inputGradients } from './input-product.ts';
import { flattenTimeMajor, shiftedByOne } from './time-major.ts';

/**
 * `LstmSequenceGrad` from ordinary operations. Everything that does not depend on later steps is computed for all steps
 * at once; going back in time remain `dh = dy_t + dz R'`, `dc += dh * do/dc` and `dz`. The weights' gradients are then
 * one product each over all `time * batch` rows.
 */
export function composedLstmSequenceGrad(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap,
): [
  dx: Tensor3D,
  dkernel: Tensor2D,
  drecurrent: Tensor2D,
  dbias: Tensor1D,
  dh0: Tensor2D,
  dc0: Tensor2D,
] {
  const { kernel, recurrent, h0, c0 } = inputs as Record<
    'kernel' | 'recurrent' | 'h0' | 'c0',
    Tensor2D
  >;
  const { x, y, dy } = inputs as Record<'x' | 'y' | 'dy', Tensor3D>;
  const [batch, time] = x.shape;
  const units = h0.shape[1];
  if (units === 0) {
    const [dkernel, drecurrent, dh0, dc0] = [kernel, recurrent, h0, c0].map((each) =>
      zeros<Rank.R2>(each.shape),
    ) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    return [zeros<Rank.R3>(x.shape), dkernel, drecurrent, zeros([0]), dh0, dc0];
  }
  const rows = time * batch;
  const gates = gatePositions(attributes['gates'] as string);
  const local = localGradients(
    reshape(inputs['activations']!, [rows, 4 * units]),
    reshape(inputs['states']!, [rows, units]),
    c0,
    gates,
  );

  const recurrentT = transpose(recurrent);
  const dyRows = rowBlocks(flattenTimeMajor(dy), time);
  const throughRows = rowBlocks(local.through, time);
  const slopeRows = rowBlocks(local.slopes, time);
  const forgetRows = rowBlocks(local.forget, time);
  const dzs = new Array<Tensor2D>(time);
  let dh = dyRows[time - 1]!;
  let dc = inputs['dcLast'] as Tensor2D;
  for (let t = time - 1; t >= 0; t--) {
    [dzs[t], dh, dc] = tidy(() => {
      const dcHere = addTo(dc, times(dh, throughRows[t]!));
      const upstream = [dcHere, dcHere, dcHere, dcHere];
      upstream[gates.o] = dh;
      const dz = times(join(upstream, 1), slopeRows[t]!);
      const back = product(dz, recurrentT);
      return [dz, t > 0 ? addTo(dyRows[t - 1]!, back) : back, times(dcHere, forgetRows[t]!)];
    });
  }

  const dz = join(dzs, 0); // [T*B, 4H]
  const [dx, dkernel] = inputGradients(x, kernel, dz);
  return [
    dx,
    dkernel,
    matMul(transpose(shiftedByOne(h0, flattenTimeMajor(y))), dz),
    sum(dz, 0),
    dh,
    dc,
  ];
}

/** What each step multiplies gradients by, for all steps at once. */
interface LocalGradients {
  /** dc/dh: `o * (1 - tanh(c)^2)`, `[T*B, H]`. */
  readonly through: Tensor2D;
  /** What turns dc (dh for the output gate) into dz, in gate order, `[T*B, 4H]`. */
  readonly slopes: Tensor2D;
  /** The forget gate, `[T*B, H]`. */
  readonly forget: Tensor2D;
}

function localGradients(
  activations: Tensor2D,
  states: Tensor2D,
  c0: Tensor2D,
  gates: GatePositions,
): LocalGradients {
  return tidy(() => {
    const blocks = columnBlocks(activations, 4);
    const [i, f, g, o] = [gates.i, gates.f, gates.g, gates.o].map((block) => blocks[block]!) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    const squashed = tanh(states);
    const slopes: Tensor2D[] = [];
    slopes[gates.i] = mul(g, sub(i, square(i)));
    slopes[gates.f] = mul(shiftedByOne(c0, states), sub(f, square(f)));
    slopes[gates.g] = mul(i, sub(1, square(g)));
    slopes[gates.o] = mul(squashed, sub(o, square(o)));
    return {
      through: mul<Tensor2D>(o, sub(1, square(squashed))),
      slopes: join(slopes, 1),
      forget: f,
    };
  });
}
