import type { Cell } from '../cell/cell.ts';
import { defineCell } from '../cell/define-cell.ts';
import { gate, relu, tanh } from '../cell/expression.ts';

/** The simple recurrent network (Elman 1990), Keras's `SimpleRNN` and PyTorch's `nn.RNN`: `h = tanh(x K + h R + b)`. */
export const simpleRnnCell: Cell = defineCell({
  name: 'simple rnn',
  states: ['h'],
  blocks: 'h',
  equations: ({ h }) => ({ h: tanh(gate('h', h)) }),
});

/** {@link simpleRnnCell} with `relu` for `tanh` (Le et al. 2015). */
export const simpleRnnReluCell: Cell = defineCell({
  name: 'simple rnn, relu',
  states: ['h'],
  blocks: 'h',
  equations: ({ h }) => ({ h: relu(gate('h', h)) }),
});
