import { answers } from './answers/suite.ts';
import { compact } from './compact/suite.ts';
import { found } from './found/suite.ts';
import { gemm } from './gemm/suite.ts';
import { highway } from './highway/suite.ts';
import { infer } from './infer/suite.ts';
import { lasso } from './lasso/suite.ts';
import type { Suite } from './suite.ts';
import { train } from './train/suite.ts';

/** Every suite by the name that `--suite` takes. */
export const suites: Readonly<Record<string, Suite>> = {
  gemm,
  train,
  lasso,
  infer,
  found,
  highway,
  answers,
  compact,
};
