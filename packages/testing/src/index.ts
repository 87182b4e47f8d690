/**
 * Private helpers for tests: backends, tolerances, leaks, float64 references, README examples.
 * @packageDocumentation
 */
// eslint-disable-next-line no-restricted-syntax -- numeric.ts lists them one by one
export * from './numeric.ts';
export { describeBackend, testBackends } from './describe-backend.ts';
export { fillMemoryBelow, moveMemoryUp, SIGN_BIT } from './fill-memory.ts';
export { rhnLanguageModelLayout, stackedLstmLayout } from './network-layouts.ts';
export { checkExample } from './check-example.ts';
export { extractExamples, instrument, type Example } from './examples.ts';
export { examplesOf, runExample, testReadme } from './readme.ts';
export { disturbCli, runCli, type CliOptions, type Ended } from './run-cli.ts';
export { runHere } from './run-here.ts';
