/**
 * Sweeps: many independent trainings, on one machine or on many, that survive the death of any of them.
 * @packageDocumentation
 */
export type { Figure, Quality, SettingValue, TrialSpec } from './spec/trial-spec.ts';
export type { SettingAxis, SettingRange, Sweep } from './spec/sweep.ts';
export { parseSweep } from './spec/parse-sweep.ts';
export { expandSweep } from './spec/expand-sweep.ts';
export { parseTrialLines, trialLines } from './spec/trial-lines.ts';
export type { TrialStore } from './store/trial-store.ts';
export { openStore, type Environment } from './store/open-store.ts';
export type { TrialOutcome } from './trial/outcome.ts';
export { runTrial, type RunTrialOptions } from './trial/run-trial.ts';
export type { TrainFunction, TrialContext } from './trial/in-process.ts';
export type {
  QueuedTrial,
  TrialJob,
  TrialProgress,
  TrialQueue,
  TrialState,
  WorkOptions,
} from './queue/trial-queue.ts';
export { openQueue, type OpenQueueOptions } from './queue/open-queue.ts';
export type { QueueTimes } from './queue/times.ts';
export { work, type WorkerOptions } from './worker/work.ts';
export { SweepError, type SweepErrorCode } from './error.ts';
