import util from 'node:util';

/** The functions of `util` that tfjs-node 4.22.0 calls: Node 23 removed one, and deprecated the other aloud. */
const needed = {
  isArray: (value: unknown): boolean => Array.isArray(value),
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
};

/**
 * Gives back to Node's `util` what tfjs-node needs of it. `isArray`, which warns from Node 22 on when it is called, is
 * replaced by what it always was; otherwise what is there stays.
 */
export function repairUtil(target: object = util): void {
  for (const [name, value] of Object.entries(needed)) {
    if (name in target && name !== 'isArray') continue;
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
