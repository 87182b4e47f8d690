import util from 'node:util';

/** The functions of `util` that tfjs-node 4.22.0 calls and that Node 23 removed. */
const removed = {
  isArray: (value: unknown): boolean => Array.isArray(value),
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
};

/** Gives back to Node's `util` what tfjs-node needs of it; what is still there stays as it is. */
export function repairUtil(target: object = util): void {
  for (const [name, value] of Object.entries(removed)) {
    if (name in target) continue;
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
