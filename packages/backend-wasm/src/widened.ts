import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Cast, type KernelConfig, Reverse, Select, type TensorInfo } from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '@secateur/backend/kernels';
import { castKernel } from './cast.ts';

/**
 * Makes the kernels `Select` and `Reverse` that take booleans: the stock ones write four bytes for each, past the end of
 * their output, and bring down TensorFlow.js's module. Here they are whole numbers on the way.
 */
export function widenedKernels(): KernelConfig[] {
  const toBool = callable(castKernel());
  const toInt = callable(stockConfig(Cast, 'wasm'));
  // What chooses in a `Select` is read byte by byte.
  return [
    { name: Select, widened: ['t', 'e'] },
    { name: Reverse, widened: ['x'] },
  ].map(({ name, widened }) => {
    const stock = stockConfig(name, 'wasm');
    return {
      ...stock,
      kernelFunc: (call) => {
        const inputs = call.inputs as Record<string, TensorInfo>;
        const flags = widened.filter((input) => inputs[input]!.dtype === 'bool');
        if (flags.length < widened.length) return stock.kernelFunc(call);
        const backend = call.backend as BackendWasm;
        const wide = Object.fromEntries(
          flags.map((input) => [input, toInt(backend, { x: inputs[input]! }, { dtype: 'int32' })]),
        );
        const out = callable(stock)(backend, { ...inputs, ...wide }, call.attrs ?? {});
        const narrow = toBool(backend, { x: out }, { dtype: 'bool' });
        for (const { dataId } of [...Object.values(wide), out]) backend.disposeData(dataId);
        return narrow;
      },
    };
  });
}
