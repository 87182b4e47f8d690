interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(id: string): unknown;
  cwd(): string;
}

/** Node's `process`; undefined in a browser. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as unknown as { process?: NodeProcess };
  return process?.versions?.node === undefined ? undefined : process;
}

/**
 * A module of Node by its id, such as `node:fs`; undefined in a browser. It is asked of the process, so that a bundle for
 * browsers has no import of a Node module in it.
 */
export function nodeBuiltin<T>(id: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as T | undefined;
}
