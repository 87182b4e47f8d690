interface NodeProcess {
  readonly versions?: { readonly node?: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(id: string): unknown;
}

/** Node's `process`; undefined in a browser. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as unknown as { process?: NodeProcess };
  return process?.versions?.node === undefined ? undefined : process;
}

/** A module of Node by its id, asked of the process so that a bundle for browsers has no import of it. */
export function nodeBuiltin<T>(id: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as T | undefined;
}
