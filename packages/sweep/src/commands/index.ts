/**
 * The commands of this package for the program `secateur`, which loads them from the user's folder.
 * @packageDocumentation
 */
export { sweep } from './sweep.ts';
export { trial, type TrialFlags } from './trial.ts';
export type { CommandSurroundings } from './surroundings.ts';
