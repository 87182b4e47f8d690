import { readFileSync } from 'node:fs';

/** The version of this program, which is that of every package of Secateur: they are released together. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  }
).version;
