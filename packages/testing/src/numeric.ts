/**
 * The helpers that need neither Node nor a started backend, for tests that also run in a browser.
 * @packageDocumentation
 */
export { expectAllClose, type Closeness, type Numbers } from './expect-all-close.ts';
export { digest, read, type Values } from './read.ts';
export { finiteDifference } from './finite-difference.ts';
export { floats, numbers, sizeOf } from './numbers.ts';
export {
  lstmGradientReference,
  lstmReference,
  type LstmGradients,
  type LstmReference,
  type LstmReferenceInputs,
  type LstmUpstream,
} from './lstm-reference.ts';
export {
  distilledCrossEntropyReference,
  softmaxCrossEntropyGradientReference,
  softmaxCrossEntropyReference,
} from './cross-entropy-reference.ts';
export {
  cellsToTry,
  cellTensors,
  cellValues,
  coupledCell,
  listedCell,
  type CellValues,
  type ListedCell,
} from './cell-fixture.ts';
export {
  gateOrders,
  lstmInputNames,
  lstmSizes,
  lstmTensors,
  lstmValues,
  type LstmInputName,
  type LstmSizes,
  type LstmValues,
} from './lstm-fixture.ts';
export {
  gruGradientReference,
  gruReference,
  type GruGradients,
  type GruReferenceInputs,
} from './gru-reference.ts';
export {
  gruAttributes,
  gruInputNames,
  gruTensors,
  gruValues,
  type GruInputName,
  type GruValues,
} from './gru-fixture.ts';
export {
  rhnGradientReference,
  rhnReference,
  type RhnGradients,
  type RhnReferenceInputs,
} from './rhn-reference.ts';
export {
  rhnSizes,
  rhnTensors,
  rhnValues,
  type RhnInputName,
  type RhnSizes,
  type RhnTensors,
  type RhnValues,
} from './rhn-fixture.ts';
export {
  bitsOf,
  factorChoices,
  factors,
  randomWeight,
  matrices,
  type FactorChoice,
} from './weight-fixture.ts';
