/**
 * Private helpers for tests: backends, tolerances, leaks, float64 references, README examples.
 * @packageDocumentation
 */
export { describeBackend, testBackends } from './describe-backend.ts';
export { expectAllClose, type Closeness, type Numbers } from './expect-all-close.ts';
export { fillMemoryBelow, moveMemoryUp, SIGN_BIT } from './fill-memory.ts';
export { finiteDifference } from './finite-difference.ts';
export { rhnLanguageModelLayout, stackedLstmLayout } from './network-layouts.ts';
export { numbers, sizeOf } from './numbers.ts';
export { sharedFolder } from './shared-folder.ts';
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
export { checkExample } from './check-example.ts';
export { extractExamples, type Example } from './examples.ts';
export { runExample, testReadme } from './readme.ts';
export { disturbCli, runCli, type CliOptions, type Ended } from './run-cli.ts';
export { runHere } from './run-here.ts';
