/**
 * The TensorFlow.js WASM backend, made fit for training.
 * @packageDocumentation
 */
import { registerDriver } from '@secateur/backend/kernels';
import { wasmDriver } from './wasm-driver.ts';

registerDriver(wasmDriver);

export { wasmDriver };
