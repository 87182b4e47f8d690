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
import { testUnknownOptions } from '@secateur/testing/unknown-options';
import { beforeAll } from 'vitest';

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

testUnknownOptions(LassoError, calls);
