import { createHash } from 'node:crypto';

/** A hash over a value with all that is in it, names, types, shapes and every bit of its numbers. */
export function digest(value: unknown): string {
  const hash = createHash('sha256');
  const add = (each: unknown): void => {
    if (ArrayBuffer.isView(each)) {
      hash.update(`${each.constructor.name} ${each.byteLength} `);
      hash.update(new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
    } else if (each instanceof Map) {
      add([...each]);
    } else if (typeof each === 'object' && each !== null) {
      const entries = Object.entries(each);
      hash.update(`${Array.isArray(each) ? 'array' : 'object'} ${entries.length} `);
      for (const [name, inside] of entries) {
        hash.update(`${JSON.stringify(name)}: `);
        add(inside);
      }
    } else {
      hash.update(`${typeof each} ${Object.is(each, -0) ? '-0' : String(each)} `);
    }
  };
  add(value);
  return hash.digest('hex');
}
