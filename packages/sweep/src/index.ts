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
export type { StoredFile } from './trial/records.ts';
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
export { readTrials, type StoredState, type TrialRecord } from './search/read-trials.ts';
export { figureOf } from './search/figure.ts';
export {
  groupSeeds,
  nonDominated,
  type Point,
  type SeedGroup,
  type Spread,
  type Trained,
} from './search/trade-off.ts';
export type { Scan } from './search/scan.ts';
export { scanOf, type SweepScan } from './search/scan-of.ts';
export { trainFront, type Front, type FrontOptions } from './search/front.ts';
export { findWork, type FindOptions, type Found } from './search/find.ts';
export { sweepSpecs } from './search/sweep-specs.ts';
export { slurmScript, type SlurmOptions } from './emit/slurm.ts';
export { kubernetesJob, type KubernetesOptions } from './emit/kubernetes.ts';
export type { EmitOptions } from './emit/options.ts';
export { serveReport, type ServedReport, type ServeReportOptions } from './report/serve.ts';
export { writeSweepReport } from './report/write.ts';
export { SweepError, type SweepErrorCode } from './error.ts';
