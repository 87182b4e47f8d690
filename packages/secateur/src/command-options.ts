import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CostTarget } from '@secateur/groups';

/** The end of every command's help. */
export const exitCodes = (done: string, failed: string): string => `
Exit codes:
  0  ${done}
  1  ${failed}
  2  the command line makes no sense`;

/** A whole number of at least `least`, or an error of the command line. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
    throw new InvalidArgumentError(`Expected a whole number of ${least} or more.`);
  };
}

/** A number of 0 and more. */
export function amount(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && text.trim() !== '') return value;
  throw new InvalidArgumentError('Expected a number of 0 or more.');
}

const kinds = ['macs', 'parameters', 'bytes'] as const;

/**
 * What a model may cost: `macs=0.5` is half of its multiply-adds, `parameters=200000` so many; `units=h1:64,h2:32` are sizes of
 * dimensions.
 */
export function parseTarget(text: string): CostTarget {
  const [kind = '', value = '', ...more] = text.split('=');
  if (more.length > 0) throw unknownTarget();
  const known = kinds.find((each) => each === kind);
  if (known !== undefined && value !== '' && Number(value) > 0) return { [known]: Number(value) };
  if (kind === 'units') {
    const sizes = value.split(',').map((each) => {
      const at = each.lastIndexOf(':');
      return [each.slice(0, at), Number(each.slice(at + 1))] as const;
    });
    const once = new Set(sizes.map(([dim]) => dim)).size === sizes.length;
    if (
      once &&
      sizes.every(([dim, size]) => dim !== '' && Number.isSafeInteger(size) && size > 0)
    ) {
      return { units: Object.fromEntries(sizes) };
    }
  }
  throw unknownTarget();
}

const unknownTarget = (): InvalidArgumentError =>
  new InvalidArgumentError(
    'Expected macs=0.5, parameters=0.5, bytes=0.5 (shares, or numbers above 1), or units=h1:64,h2:32, each dimension once.',
  );

/** `--layout`, for files that hold weights and no graph. */
export const layoutOption = (): Option =>
  new Option(
    '--layout <layout>',
    'what reads what in a file of weights: "chain:a,b,c" names its parts in their order, or a JSON file',
  );

/** `--states`, for ONNX files whose states are inputs and outputs. */
export const statesOption = (): Option =>
  new Option(
    '--states <how>',
    'whether states that are inputs and outputs of an ONNX file may change their size: where the file has no number for it or Secateur wrote it, always, or never',
  )
    .choices(['symbolic', 'resize', 'keep'])
    .default('symbolic');

/** What {@link addRunOptions} adds. */
export interface RunFlags {
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  readonly input: Readonly<Record<string, number>>;
}

/** Adds what random inputs are drawn by. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--batch <n>', 'sequences that it is run on', wholeFrom(1), 2)
    .option('--steps <n>', 'steps of each', wholeFrom(1), 12)
    .option('--seed <n>', 'seed of the random inputs', wholeFrom(0), 1)
    .option(
      '--input <name=number>',
      'an input of an ONNX file that is not random, such as sr=16000; may come again',
      fixedInput,
      {},
    );
}

function fixedInput(
  text: string,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const at = text.lastIndexOf('=');
  const value = Number(text.slice(at + 1));
  if (at > 0 && text.slice(at + 1).trim() !== '' && Number.isFinite(value)) {
    return { ...before, [text.slice(0, at)]: value };
  }
  throw new InvalidArgumentError('Expected the name of an input and a number, such as sr=16000.');
}
