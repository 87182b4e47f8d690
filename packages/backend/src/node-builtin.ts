/** What backends use of Node's `process`. */
export interface NodeProcess {
  /** Node's version, and those of what it is made of. */
  readonly versions?: { readonly node?: string };
  /** The environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A module of Node by its id; missing in Node 20.15 and older. */
  getBuiltinModule?(id: string): unknown;
  /** The working directory. */
  cwd(): string;
}

/**
 * Node's `process`; undefined in a browser.
 *
 * @example
 * ```ts
 * import { nodeProcess } from '@secateur/backend/kernels';
 *
 * nodeProcess()!.versions!.node === process.versions.node; // => true
 * ```
 */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as unknown as { process?: NodeProcess };
  return process?.versions?.node === undefined ? undefined : process;
}

/**
 * A module of Node by its id; undefined in a browser. It is asked of the process, so that a bundle for browsers has no import of a
 * Node module in it.
 *
 * @example
 * ```ts
 * import { nodeBuiltin } from '@secateur/backend/kernels';
 *
 * const path = nodeBuiltin<{ basename(path: string): string }>('node:path');
 * path?.basename('/folder/file'); // => file
 * ```
 */
export function nodeBuiltin<T>(id: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as T | undefined;
}
