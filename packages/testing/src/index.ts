/**
 * Private helpers for tests: backends, tolerances, leaks, float64 references, README examples.
 * @packageDocumentation
 */
export { describeBackend, testBackends } from './describe-backend.ts';
export { expectAllClose, type Closeness, type Numbers } from './expect-all-close.ts';
export { finiteDifference } from './finite-difference.ts';
export { lstmReference, type LstmReference, type LstmReferenceInputs } from './lstm-reference.ts';
export { softmaxCrossEntropyReference } from './cross-entropy-reference.ts';
export { checkExample } from './check-example.ts';
export { extractExamples, type Example } from './examples.ts';
export { runExample, testReadme } from './readme.ts';
