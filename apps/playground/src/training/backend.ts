import { useBackend, type BackendDescription, type BackendName } from '@secateur/backend';
import '@secateur/backend-wasm';
import '@secateur/backend-webgpu';
// The bundler copies the binaries beside the page and says where they are.
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';

/** Starts a backend in a worker that Vite has built. */
export function startBackend(name: BackendName): Promise<BackendDescription> {
  return useBackend(name, {
    binaries: {
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    },
  });
}
