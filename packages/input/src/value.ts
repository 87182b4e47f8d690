/** Whether a value is an object with names: no list and not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a message calls the type of a value: `Float32Array`, `String`, or `nothing`. */
export function typeName(value: unknown): string {
  return value === undefined ? 'nothing' : Object.prototype.toString.call(value).slice(8, -1);
}
