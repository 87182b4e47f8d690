import { setBackend, train, type Optimizer } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { issGroups, parseLayout } from '@secateur/groups';
import {
  exponentialDecay,
  groupLasso,
  LassoError,
  linearSchedule,
  paperLasso,
  warmupConstantSchedule,
} from '@secateur/lasso';
import { beforeAll, expect, test } from 'vitest';

beforeAll(() => setBackend('cpu'));

const sgd = (): Optimizer => train.sgd(1);
const groups = issGroups(parseLayout('dims  h = 1\nrecurrent  h -> 4*h'));
const other = { other: 1 } as never;

const calls: Readonly<Record<string, () => unknown>> = {
  groupLasso: () => groupLasso(sgd(), groups, other),
  'groupLasso: budget': () => groupLasso(sgd(), groups, { budget: other }),
  paperLasso: () => paperLasso(other),
  linearSchedule: () => linearSchedule(other),
  warmupConstantSchedule: () => warmupConstantSchedule(other),
  exponentialDecay: () => exponentialDecay(other),
};

test.each(Object.entries(calls))('%s refuses an option that it does not know', (name, call) => {
  expect(call).toThrow(LassoError);
  expect(call).toThrow(
    new RegExp(
      `^${name}: expected options among .+, found "other"; correct it or leave it out\\.$`,
    ),
  );
});
