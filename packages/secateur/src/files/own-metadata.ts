import { isRecord, shown } from '@secateur/input';
import type { Facts, Parts } from '@secateur/pruner/names';
import { CommandError } from '../command-error.ts';

/** What our metadata in a safetensors file says, under the key `secateur`. */
export interface Metadata {
  /** A layout, which `layoutFromJson` checks. */
  readonly layout?: unknown;
  /** The parts one after the other. */
  readonly order?: readonly string[];
  readonly facts?: Facts;
  readonly history?: readonly unknown[];
}

/**
 * Checks what a file says of itself, but for its layout.
 *
 * @throws CommandError naming what is not as we write it.
 */
export function checkMetadata(path: string, json: unknown): Metadata {
  const where = `the metadata "secateur" of "${path}"`;
  if (!isRecord(json)) throw damaged(`an object as ${where}`, json);
  const { order, facts, history } = json;
  if (order !== undefined && !isNames(order)) {
    throw damaged(`a list of names as order in ${where}`, order);
  }
  if (history !== undefined && !Array.isArray(history)) {
    throw damaged(`a list as history in ${where}`, history);
  }
  if (facts !== undefined && !isRecord(facts)) {
    throw damaged(`an object as facts in ${where}`, facts);
  }
  return { ...json, ...(facts === undefined ? {} : { facts: checkFacts(facts, where) }) };
}

/**
 * What is known of a network beside its weights, out of an object that may say more.
 *
 * @throws CommandError when one of it has another type.
 */
export function checkFacts(found: Readonly<Record<string, unknown>>, where: string): Facts {
  const { gates, forgetBias, transformBias } = found;
  if (gates !== undefined && typeof gates !== 'string') {
    throw damaged(`text as gates in ${where}`, gates);
  }
  for (const [name, value] of Object.entries({ forgetBias, transformBias })) {
    if (value === undefined || Number.isFinite(value)) continue;
    throw damaged(`a number as ${name} in ${where}`, value);
  }
  return found;
}

/**
 * Checks that an order names each part of the file once.
 *
 * @throws CommandError naming what it names.
 */
export function checkOrder(path: string, order: readonly string[], { parts }: Parts): void {
  const names = parts.map(({ name }) => name);
  if (order.length === names.length && names.every((name) => order.includes(name))) return;
  throw new CommandError(
    `expected each of ${names.join(', ') || 'no parts'} once as order in the metadata "secateur" of "${path}", found ${order.join(', ')}; the file is damaged.`,
  );
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

const damaged = (expected: string, found: unknown): CommandError =>
  new CommandError(`expected ${expected}, found ${shown(found)}; the file is damaged.`);
