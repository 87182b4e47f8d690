import '@whittle/backend-wasm';
import { useBackend, type BackendDescription, type BackendName } from '@whittle/backend';

/** Starts the backend that a command-line option names; the package says which names there are. */
export function startBackend(name: string): Promise<BackendDescription> {
  return useBackend(name as BackendName | 'auto');
}
