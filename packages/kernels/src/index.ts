/**
 * Recurrent cells as data: equations, their gradients, and a float64 reference of whole sequences.
 * @packageDocumentation
 */
export { lstmCell } from './cells/lstm.ts';
export { gruCell, gruResetBeforeCell } from './cells/gru.ts';
export { rhnCell } from './cells/rhn.ts';
export { simpleRnnCell, simpleRnnReluCell } from './cells/simple-rnn.ts';
export { peepholeLstmCell } from './cells/peephole-lstm.ts';
export { coupledLstmCell } from './cells/coupled-lstm.ts';
export { liGruCell } from './cells/li-gru.ts';

export { defineCell, type CellDeclaration } from './cell/define-cell.ts';
export {
  add,
  gate,
  input,
  mul,
  recurrent,
  relu,
  sigmoid,
  sub,
  tanh,
  type BinaryOp,
  type Expression,
  type Operand,
  type UnaryOp,
} from './cell/expression.ts';
export {
  isSum,
  type BiasForm,
  type Block,
  type Cell,
  type Node,
  type NodeOp,
  type Product,
  type Stage,
} from './cell/cell.ts';
export { equationsOf } from './cell/equations-of.ts';

export {
  cellGradient,
  type BlockGradient,
  type CellGradient,
  type CellGradientOptions,
  type StageGradient,
} from './cell/gradient.ts';
export type { Kept } from './cell/kept.ts';
export { stagesOfNodes } from './cell/stages-of-nodes.ts';
export { savedBy, type Saved } from './cell/saved.ts';
export { checkNames, type GivenNames } from './cell/check-names.ts';
export {
  biasNames,
  blockOrder,
  weightBlocks,
  weightShapes,
  type BlockOrder,
  type CellSizes,
} from './cell/weights.ts';

export { cellReference, type CellOutputs } from './reference/forward.ts';
export {
  cellGradientReference,
  type CellGradients,
  type CellUpstream,
} from './reference/backward.ts';
export type { Arrays, CellInputs } from './reference/inputs.ts';

export { emitter, type Dialect, type Emitter } from './emit/emit.ts';

export { KernelError, type KernelErrorCode } from './error.ts';
