import { gemm } from './gemm/suite.ts';
import { answers, found, gru, highway, infer } from './inference/suites.ts';
import type { Suite } from './suite.ts';
import { cells } from './training/cells.ts';
import { compact } from './training/compact.ts';
import { lasso } from './training/lasso.ts';
import { train } from './training/train.ts';

/** Every suite by the name that `--suite` takes. */
export const suites: Readonly<Record<string, Suite>> = {
  gemm,
  train,
  lasso,
  infer,
  gru,
  found,
  highway,
  answers,
  compact,
  cells,
};
