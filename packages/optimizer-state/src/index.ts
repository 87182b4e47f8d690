/**
 * What TensorFlow.js's optimizers keep to themselves: the state of each weight, step counts, rates, and the registry of
 * variables.
 * @packageDocumentation
 */
export { adamState, restoreBetaPowers, type AdamState } from './adam.ts';
export { registeredVariables, replaceVariable } from './registry.ts';
export { renamedSlot, replaceSlot, slotLists, weightOfSlot, type Slot } from './slots.ts';
export {
  countStep,
  lastLearningRateOf,
  learningRateOf,
  setIterations,
  setLearningRate,
} from './steps-and-rates.ts';
export {
  innermost,
  optimizerChain,
  optimizerClasses,
  setSlots,
  unwrap,
  type Unwrapped,
} from './unwrap.ts';
