import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folder as kept, signatureFiles } from './files.ts';
import { signatures } from './signatures.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

/** The text for files of which `index.ts` is the package's entry point, and `more.ts`, if there, one too. */
function textOf(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return signatures(
    ['index', 'more']
      .filter((name) => `${name}.ts` in files)
      .map((name) => ({ name, file: join(folder, `${name}.ts`) })),
  );
}

describe('signatures', () => {
  it('has whole declarations, sorted by name, without comments and bodies', () => {
    const text = textOf({
      'index.ts': `export { twice, type Pair } from './pair.ts';\nexport { ZERO } from './zero.ts';`,
      'pair.ts': `/** Two. */
        export interface Pair { /** One. */ readonly first: number; second?: string | undefined }
        // Doubles.
        export function twice(x: number, times = 2): Pair { return { first: x * times }; }`,
      'zero.ts': 'export const ZERO = 0, ONE = 1;',
    });
    expect(text).toBe(`## index

interface Pair {
    readonly first: number;
    second?: string | undefined;
}

const ZERO = 0;

function twice(x: number, times?: number): Pair;
`);
  });

  it('has every overload, the public members of a class, and the name that is exported', () => {
    const text = textOf({
      'index.ts': `export { inner as outer, Box } from './box.ts';`,
      'box.ts': `export function inner(x: string): string;
        export function inner(x: number): number;
        export function inner(x: unknown): unknown { return x; }
        export class Box<T> {
          #hidden = 1;
          private also: number;
          protected kept: T;
          private constructor(kept: T) { this.kept = kept; this.also = this.#hidden; }
          static of<T>(value: T): Box<T> { return new Box(value); }
          get value(): T { return this.kept; }
          private secret(): void { this.also += 1; }
        }`,
    });
    expect(text).toBe(`## index

class Box<T> {
    protected kept: T;
    private constructor();
    static of<T>(value: T): Box<T>;
    get value(): T;
}

function outer(x: string): string;
function outer(x: number): number;
`);
  });

  it('does not change with what no user sees', () => {
    const before = textOf({
      'index.ts': `export { f } from './f.ts'; export class C { run(): void {} }`,
      'f.ts': `export function f({ a }: { a: number; b: number }, c = 1): number { return a * c; }`,
    });
    const after = textOf({
      'index.ts': `/** A class. */
        export class C { #n = 0; run(): void { this.#n += 1; this.more(); } private more(): void {} }
        export { f } from './g.ts';`,
      'g.ts': `export function f({ a, b }: { a: number; b: number }, c = 2): number { return a + b * c; }`,
    });
    expect(after).toBe(before);
    expect(after).toContain('function f(options: {');
  });

  it('lists a type that only other declarations name, over all entry points', () => {
    const files = {
      'index.ts': `export { f } from './f.ts'; export type { Shared } from './types.ts';`,
      'more.ts': `import type { Shared } from './types.ts'; export const shared: Shared = [];`,
      'f.ts': `import type { Options as Given } from './types.ts';
        export async function f<Options>(x: Options, given: Given): Promise<Options> { return x; }`,
      'types.ts': `export type Shared = readonly Level[];
        export interface Options extends Base { level: typeof LEVELS[number] }
        interface Base { self?: Base }
        export type Level = 'low' | 'high';
        const LEVELS: readonly Level[] = ['low'];`,
    };
    const text = textOf(files);
    expect(text).toContain('## more\n\nconst shared: Shared;\n');
    expect(text.slice(text.indexOf('## named above'))).toBe(
      `## named above, exported by no entry point

interface Base {
    self?: Base;
}

const LEVELS: readonly Level[];

type Level = 'low' | 'high';

interface Options extends Base {
    level: typeof LEVELS[number];
}
`,
    );
    const wider = files['types.ts'].replace(`'low' | 'high'`, `'low' | 'middle' | 'high'`);
    expect(textOf({ ...files, 'types.ts': wider })).not.toBe(text);
  });

  it('says which package a name comes from', () => {
    const text = textOf({
      'index.ts': `import { Tensor, type Scalar as Single, Optimizer } from 'tensors';
        import type * as layers from 'layers';
        export { Rank } from 'tensors';
        export class Sgd extends Optimizer { step(x: Tensor, y: Single): layers.Model { throw y; } }`,
    });
    expect(text).toContain('export { Rank };\n\nclass Sgd extends Optimizer {');
    expect(text.slice(text.indexOf('## from'))).toBe(`## from other packages

import * as layers from 'layers';

import { Optimizer, Rank, Scalar as Single, Tensor } from 'tensors';
`);
  });

  it('tells a class from its type alone', () => {
    const files = { 'c.ts': 'export class C {}', 'index.ts': `export { C } from './c.ts';` };
    expect(textOf(files)).toBe('## index\n\nclass C {\n}\n');
    expect(textOf({ ...files, 'index.ts': `export type { C } from './c.ts';` })).toBe(
      '## index\n\n// As a type, not as a value.\nclass C {\n}\n',
    );
  });

  it('refuses what it would get wrong', () => {
    expect(() => textOf({ 'index.ts': 'export const made = JSON.parse("1");' })).toThrow(
      /expected .*index\.ts to write down the type of every export, found: .*isolatedDeclarations/,
    );
    expect(() =>
      textOf({ 'index.ts': `export * as all from './a.ts';`, 'a.ts': 'export const a = 1;' }),
    ).toThrow(/expected a function, class, interface, type, enum or constant, found SourceFile/);
    expect(() => textOf({ 'index.ts': `export { a } from './gone.ts';` })).toThrow(
      /expected "a" of .*index\.ts to lead to a package or to a \.ts file beside it/,
    );
    expect(() => textOf({ 'index.ts': 'const a = 1;' })).toThrow(/expected a module with exports/);
  });
});

describe('docs/signatures', () => {
  const files = signatureFiles();

  it.each([...files.keys()])('%s is what the sources export', (name) => {
    const written = readdirSync(kept).includes(name) ? readFileSync(join(kept, name), 'utf8') : '';
    expect(
      written.replaceAll('\r\n', '\n'),
      `docs/signatures/${name}: expected what the sources export, found another text; run npm run api`,
    ).toBe(files.get(name));
  });

  it('has no file of a package that is not published', () => {
    expect(readdirSync(kept).toSorted(), 'npm run api').toEqual([...files.keys()].toSorted());
  });
});
