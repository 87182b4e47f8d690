import type { Bundle } from './bundle.ts';

/** The markers of the table in docs/reference/sizes.md. */
export const MARKERS = 'sizes';

/** The table of sizes in kB (1000 bytes), as docs/reference/sizes.md shows it. */
export function toTable(bundles: ReadonlyMap<string, Bundle>): string {
  const rows = [...bundles].map(
    ([name, { bytes }]) => `| ${shown(name)} | ${(bytes / 1000).toFixed(1)} |`,
  );
  return ['| bundle | kB |', '| --- | ---: |', ...rows].join('\n');
}

/** How a table differs from what was measured, with what to do; nothing where they agree. */
export function differences(table: string, bundles: ReadonlyMap<string, Bundle>): string[] {
  const sizes = new Map(
    table
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, name = '', size = '']) => [name, Number(size)]),
  );
  const names = new Map([...bundles].map(([name, { bytes }]) => [shown(name), bytes]));
  return [
    ...[...names].filter(([name, bytes]) => !agree(sizes.get(name), bytes)),
    ...[...sizes].filter(([name]) => !names.has(name)),
  ].map(
    ([name]) =>
      `docs/reference/sizes.md: expected ${name} with ${names.get(name) ?? 'no'} bytes, found ${sizes.get(name) ?? 'no'} kB; run npm run sizes.`,
  );
}

/**
 * The rounding is 0.1 kB. Of larger bundles a fiftieth is let pass, so that a change of some lines needs no new table, and
 * as not every version of Node packs to the same byte.
 */
function agree(kb: number | undefined, bytes: number): boolean {
  return kb !== undefined && Math.abs(kb * 1000 - bytes) <= Math.max(100, bytes / 50);
}

const shown = (name: string): string => (name.startsWith('@') ? `\`${name}\`` : name);
