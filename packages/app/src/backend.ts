import '@secateur/backend-wasm';
import { useBackend, type BackendDescription, type BackendName } from '@secateur/backend';

/** What the command line says about the backend. */
export interface BackendFlags {
  readonly backend: string;
  readonly threads?: number | undefined;
}

/** Starts the backend that the command line names; the package says which names there are. */
export function startBackend({ backend, threads }: BackendFlags): Promise<BackendDescription> {
  return useBackend(backend as BackendName | 'auto', threads === undefined ? {} : { threads });
}
