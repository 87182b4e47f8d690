/**
 * Whether a value is an object with names: no list and not null.
 *
 * @example
 * ```ts
 * import { isRecord, parseJson } from '@secateur/input';
 *
 * isRecord(parseJson('{ "units": 3 }')); // => true
 * isRecord(parseJson('[3]')); // => false
 * isRecord(parseJson('null')); // => false
 * ```
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a message calls the type of a value: `Float32Array`, `String`, or `nothing`.
 *
 * @example
 * ```ts
 * import { typeName } from '@secateur/input';
 *
 * typeName(Float32Array.of(1)); // => Float32Array
 * typeName(null); // => Null
 * typeName(undefined); // => nothing
 * ```
 */
export function typeName(value: unknown): string {
  return value === undefined ? 'nothing' : Object.prototype.toString.call(value).slice(8, -1);
}
