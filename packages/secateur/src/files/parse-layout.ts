import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { layoutFromJson, type Layout } from '@secateur/groups';
import { parseJson, shown } from '@secateur/input';
import { CommandError } from '../command-error.ts';
import { messageOf } from '../message-of.ts';

/** What `--layout` says: a whole layout, or the order of the parts that the names show. */
export type GivenLayout =
  | { readonly kind: 'layout'; readonly layout: Layout }
  | { readonly kind: 'chain'; readonly order: readonly string[] };

/**
 * Reads the value of `--layout`: `chain:a,b,c`, or the path of a JSON file in the form of `layoutToJson`, or of a report of
 * `secateur inspect --json`, which has one as `layout`.
 */
export function parseLayoutOption(text: string, folder: string): GivenLayout {
  if (text.startsWith('chain:')) {
    const order = text
      .slice('chain:'.length)
      .split(',')
      .map((name) => name.trim());
    return { kind: 'chain', order: order.filter((name) => name !== '') };
  }
  try {
    const json = parseJson(readFileSync(resolve(folder, text), 'utf8'));
    const inside = (json as { readonly layout?: unknown } | null)?.layout;
    return { kind: 'layout', layout: layoutFromJson(inside ?? json) };
  } catch (cause) {
    throw new CommandError(
      `expected as --layout "chain:" with names, or a JSON file with { "dims": ..., "weights": ... }, found ${shown(text)}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
