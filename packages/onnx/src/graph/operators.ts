import { forEachCase } from './cases.ts';
import type { Rule, RuleEntry } from './context.ts';
import { choose } from './rules/control.ts';
import {
  alias,
  arithmetic,
  elementwise,
  equal,
  multiply,
  unary,
  where,
} from './rules/elementwise.ts';
import { concat } from './rules/join.ts';
import { loop, scan } from './rules/loops.ts';
import {
  alongAxis,
  batchNormalization,
  layerNormalization,
  reverse,
  pool,
  reduce,
  softmax,
} from './rules/normalize.ts';
import { gather, slice, split } from './rules/pick.ts';
import { conv, gemm, matMul } from './rules/product.ts';
import { recurrent } from './rules/recurrent.ts';
import { flatten, reshape } from './rules/reshape.ts';
import {
  constantOfShape,
  expand,
  pad,
  shape,
  size,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from './rules/shape.ts';

/** A list of operators that have one rule; `numbers` are the inputs that it takes as numbers. */
const named = (
  names: string,
  rule: Rule,
  numbers: RuleEntry['numbers'] = [],
): [string, RuleEntry][] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name, { rule, numbers }]);

/** What the standard operators that we understand do with the axes of their inputs. */
export const operators: ReadonlyMap<string, RuleEntry> = new Map([
  ...named('LSTM GRU RNN', recurrent),
  ...named('MatMul', matMul),
  ...named('Gemm', gemm),
  ...named('Conv', conv),
  ...named('Identity Cast CastLike Dropout', forEachCase(alias), [0]),
  ...named(
    `Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish IsInf
     IsNaN LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish
     Tan Tanh ThresholdedRelu`,
    forEachCase(unary),
  ),
  ...named(
    'Add',
    arithmetic((a, b) => a + b),
  ),
  ...named(
    'Sub',
    arithmetic((a, b) => a - b),
  ),
  ...named('Mul', multiply, 'all'),
  // What does not divide evenly is not followed: whole numbers and floats round in ways of their own.
  ...named(
    'Div',
    arithmetic((a, b) => (a % b === 0 ? a / b : NaN)),
  ),
  ...named('Equal', equal, 'all'),
  ...named(
    'Not',
    arithmetic((a) => Number(a === 0)),
  ),
  ...named(
    'Less',
    arithmetic((a, b) => Number(a < b)),
  ),
  ...named(
    'Greater',
    arithmetic((a, b) => Number(a > b)),
  ),
  ...named(
    'LessOrEqual',
    arithmetic((a, b) => Number(a <= b)),
  ),
  ...named(
    'GreaterOrEqual',
    arithmetic((a, b) => Number(a >= b)),
  ),
  ...named(
    'And',
    arithmetic((a, b) => Number(a !== 0 && b !== 0)),
  ),
  ...named(
    'Or',
    arithmetic((a, b) => Number(a !== 0 || b !== 0)),
  ),
  ...named(
    'Max Min Mean Sum Mod Pow PRelu Clip Xor BitwiseAnd BitwiseOr BitwiseXor BitShift',
    elementwise,
  ),
  ...named('Where', where, [1, 2]),
  ...named('Softmax LogSoftmax Hardmax', softmax),
  ...named('LayerNormalization', layerNormalization),
  ...named('BatchNormalization', batchNormalization),
  ...named(
    `ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare
     ArgMax ArgMin`,
    reduce,
  ),
  ...named('MaxPool AveragePool GlobalAveragePool GlobalMaxPool', pool),
  ...named('ReverseSequence', reverse),
  ...named('CumSum LpNormalization', alongAxis),
  ...named('Shape', forEachCase(shape), 'all'),
  ...named('Size', forEachCase(size), 'all'),
  ...named('ConstantOfShape', constantOfShape, [0]),
  ...named('Expand', expand, [1]),
  ...named('Tile', tile),
  ...named('Pad', pad),
  ...named('Transpose', forEachCase(transpose), [0]),
  ...named('Squeeze', forEachCase(squeeze), [0]),
  ...named('Unsqueeze', forEachCase(unsqueeze), [0]),
  ...named('Flatten', forEachCase(flatten)),
  ...named('Reshape', reshape, [0, 1]),
  ...named('Gather', forEachCase(gather), [0]),
  ...named('Slice', forEachCase(slice), [0, 1, 2]),
  ...named('Split', split, [1]),
  ...named('Concat', forEachCase(concat), 'all'),
  ...named('If', choose),
  ...named('Loop', loop),
  ...named('Scan', scan),
]);

/** Why operators that no rule fits keep what they touch. */
export const reasons: ReadonlyMap<string, string> = new Map([
  ['Softmax', 'mixes the features'],
  ['Einsum', 'multiplies features with each other'],
  ['InstanceNormalization', 'normalizes over all positions at once'],
  ['GroupNormalization', 'normalizes over features at once'],
  ['DequantizeLinear', 'computes weights from numbers that are no floats'],
  ['DynamicQuantizeLinear', 'computes its numbers from all features at once'],
  ['TopK', 'orders the features'],
]);
