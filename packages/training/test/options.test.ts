import {
  divergenceGuard,
  onInterrupt,
  openRun,
  progressBar,
  TrainingError,
  writeOptimizerState,
} from '@secateur/training';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';

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

test.each(Object.entries(calls))(
  '%s refuses an option that it does not know',
  async (name, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingError);
    expect((error as Error).message).toMatch(
      new RegExp(
        `^${name}: expected options among .+, found "other"; correct it or leave it out\\.$`,
      ),
    );
  },
);
