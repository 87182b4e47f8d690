import {
  divergenceGuard,
  onInterrupt,
  openRun,
  progressBar,
  TrainingError,
  writeOptimizerState,
} from '@secateur/training';
import { testFolder } from '@secateur/testing/folders';
import { testUnknownOptions } from '@secateur/testing/unknown-options';

const other = { other: 1 } as never;

const calls: Readonly<Record<string, () => unknown>> = {
  divergenceGuard: () => divergenceGuard(other),
  onInterrupt: () => onInterrupt(other),
  openRun: () => openRun(other),
  progressBar: () => progressBar(other),
  saveCheckpoint: () =>
    openRun({ directory: testFolder(), config: {} }).saveCheckpoint(
      { step: 1, tensors: {}, state: null },
      other,
    ),
  writeOptimizerState: () => writeOptimizerState({} as never, {} as never, other),
};

testUnknownOptions(TrainingError, calls);
