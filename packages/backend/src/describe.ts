import { backendNames, knownBackends } from './backend-driver.ts';
import type { BackendDescription } from './description.ts';
import { BackendError } from './backend-error.ts';
import { globalState } from './global-state.ts';
import { runningBackend } from './running-backend.ts';
import { platformVersions } from './versions.ts';

/**
 * Describes the backend that computes now; throws a {@link BackendError} when none has been started.
 *
 * @example
 * ```ts
 * import { describe, useBackend } from '@secateur/backend';
 *
 * await useBackend('cpu');
 * describe().name; // => cpu
 * describe().reason; // => asked for; plain JavaScript, runs everywhere and slowly
 * ```
 */
export function describe(): BackendDescription {
  const current = runningBackend();
  const { description } = globalState();
  if (description !== undefined && knownBackends[description.name].tfName === current) {
    return description;
  }
  const name = backendNames.find((known) => knownBackends[known].tfName === current);
  if (name === undefined) {
    throw new BackendError(
      `describe: expected a started backend, found ${current === undefined ? 'none' : `"${current}"`}; call await useBackend() first.`,
      { code: 'unavailable' },
    );
  }
  return {
    name,
    reason: 'set without useBackend, so some of its kernels may be missing',
    skipped: [],
    features: {},
    versions: platformVersions(),
  };
}
