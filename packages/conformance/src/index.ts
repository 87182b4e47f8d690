/**
 * One description of what every backend must do, run on every backend, in Node and in a browser.
 * @packageDocumentation
 */
export { conformance } from './conformance.ts';
export { targets, type Target } from './targets.ts';
