/** An address in the memory of the WASM backend, in bytes. */
export type Address = number;

/** The functions of `assembly/index.ts`, where each is described; flags are 0 or 1. */
export interface KernelExports {
  gemm(
    m: number,
    n: number,
    k: number,
    a: Address,
    lda: number,
    transposeA: number,
    b: Address,
    ldb: number,
    transposeB: number,
    c: Address,
    ldc: number,
    add: number,
  ): void;
  gemmScratch(): number;
  controlSize(): number;
  attach(control: Address, scratch: Address): void;
  setThreads(count: number, mayBlock: number): void;
  biasActivate(x: Address, m: number, n: number, bias: Address, kind: number, alpha: number): void;
  /** All steps of a cell, forward; of a plan, see `src/cells/plan.ts`; so below. */
  cellForward(plan: Address): void;
  cellBackward(plan: Address): void;
  /** Its seven arguments are those of `assembly/cell-backward.ts`, in that order. */
  cellReads(...numbers: readonly number[]): void;
  /** Copies `[batch, time, width]` to `[time, batch, width]`. */
  toTimeMajor(from: Address, batch: number, time: number, width: number, to: Address): void;
  /** For both the arguments are those of `assembly/cross-entropy.ts`. */
  crossEntropy(...numbers: readonly number[]): void;
  crossEntropyGrad(...numbers: readonly number[]): void;
  distilledCrossEntropy(...numbers: readonly number[]): void;
  sums(x: Address, outer: number, count: number, inner: number, out: Address): void;
  clip(x: Address, count: number, low: number, high: number, out: Address): void;
  /** Its seven arguments are those of `assembly/elementwise.ts`, in that order. */
  pairs(...numbers: readonly number[]): void;
  /** Its twenty arguments are those of `assembly/pooling.ts`, in that order. */
  pool(...numbers: readonly number[]): void;
  /** Its six arguments are those of `assembly/copy.ts`, in that order. */
  copyRows(...numbers: readonly number[]): void;
  zeros(to: Address, bytes: number): void;
  idOutside(ids: Address, count: number, limit: number): number;
  gatherRows(table: Address, ids: Address, count: number, width: number, out: Address): void;
  /** Its arguments are those of `assembly/rows.ts`. */
  scatterRows(...numbers: readonly number[]): void;
  rowPieces(rows: number, width: number): number;
  /** Its five arguments are those of `assembly/norms-shared.ts`, in that order; so below. */
  squaredRowsAndColumns(...numbers: readonly number[]): void;
  squarePieces(size: number): number;
  /** Seven arguments. */
  penalizedSquares(...numbers: readonly number[]): number;
  /** Nine arguments, of `assembly/update.ts`; so below. */
  penalizedGradient(...numbers: readonly number[]): void;
  /** Eleven arguments. */
  sgdStep(...numbers: readonly number[]): void;
  /** Twenty-two arguments. */
  adamStep(...numbers: readonly number[]): void;
  /** Eight arguments. */
  shrinkWeight(...numbers: readonly number[]): void;
}
