// The equations of a cell that nobody wrote code for: short programs over registers that hold a value of 128 units each and stay in
// the first cache. `src/cells/interpret.ts` writes them.
import { sigmoid4, tanh4 } from './math';
import { PANEL } from './pack';
import { ownScratch } from './pool';
import { relu4, reluSlope, sigmoidSlope, tanhSlope } from './slopes';
import { floats, loadSome, storeSome } from './vector';

/** Units that are computed at once. */
const UNITS: i32 = 128;
/** Bytes of a register. */
const SIZE: usize = 512;

/** Runs a program for the units `from .. to - 1` of each row; `from` is a whole number of panels. */
export function interpret(code: usize, slots: usize, rows: i32, from: i32, to: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let j = from; j < to; j += UNITS) runBlock(code, slots, row, j, min(UNITS, to - j));
  }
}

/** Where a row of a slot lies, 0 where the slot is empty. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function rowOf(slots: usize, slot: i32, row: i32): usize {
  const at = slots + (<usize>slot << 3);
  const first = load<usize>(at);
  return first == 0 ? 0 : first + <usize>row * load<usize>(at, 4);
}

function runBlock(code: usize, slots: usize, row: i32, j: i32, count: i32): void {
  const registers = ownScratch();
  const end = floats((count + 3) & -4);
  while (true) {
    const first = load<i32>(code, 4);
    const second = load<i32>(code, 8);
    const to = registers + <usize>first * SIZE;
    const a = registers + <usize>second * SIZE;
    const b = registers + <usize>load<i32>(code, 12) * SIZE;
    switch (load<i32>(code)) {
      case 0:
        return;
      case 1:
        read(to, rowOf(slots, second, row), j, count);
        break;
      case 2:
        readPanels(to, rowOf(slots, second, row), load<i32>(code, 12), j, end);
        break;
      case 3:
        fill(to, load<f32>(slots + (<usize>second << 3)), end);
        break;
      case 4:
        write(to, rowOf(slots, second, row), j, count);
        break;
      case 5:
        accumulate(to, rowOf(slots, second, row), j, count);
        break;
      case 6:
        fill(to, reinterpret<f32>(second), end);
        break;
      case 7:
        for (let i: usize = 0; i < end; i += 16)
          v128.store(to + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
        break;
      case 8:
        for (let i: usize = 0; i < end; i += 16)
          v128.store(to + i, f32x4.sub(v128.load(a + i), v128.load(b + i)));
        break;
      case 9:
        for (let i: usize = 0; i < end; i += 16)
          v128.store(to + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
        break;
      case 10:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, sigmoid4(v128.load(a + i)));
        break;
      case 11:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, tanh4(v128.load(a + i)));
        break;
      case 12:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, relu4(v128.load(a + i)));
        break;
      case 13:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, sigmoidSlope(v128.load(a + i)));
        break;
      case 14:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, tanhSlope(v128.load(a + i)));
        break;
      case 15:
        for (let i: usize = 0; i < end; i += 16) v128.store(to + i, reluSlope(v128.load(a + i)));
        break;
    }
    code += 16;
  }
}

/** Zeros where there is nothing, as the input's products after the first repetition. */
function read(to: usize, from: usize, j: i32, count: i32): void {
  if (from == 0) {
    memory.fill(to, 0, SIZE);
    return;
  }
  from += floats(j);
  for (let i = 0; i < count; i += 4) v128.store(to + floats(i), loadSome(from + floats(i), count - i));
}

/** The low byte of `which` is the block, the rest how many there are side by side. */
function readPanels(to: usize, from: usize, which: i32, j: i32, end: usize): void {
  const blocks = which >> 8;
  from += floats(blocks * j + (which & 255) * PANEL);
  for (let i: usize = 0; i < end; i += floats(PANEL)) {
    v128.store(to + i, v128.load(from));
    v128.store(to + i, v128.load(from, 16), 16);
    from += floats(blocks * PANEL);
  }
}

function write(value: usize, to: usize, j: i32, count: i32): void {
  if (to == 0) return;
  to += floats(j);
  for (let i = 0; i < count; i += 4) storeSome(to + floats(i), v128.load(value + floats(i)), count - i);
}

function accumulate(value: usize, to: usize, j: i32, count: i32): void {
  to += floats(j);
  for (let i = 0; i < count; i += 4) {
    const sum = f32x4.add(loadSome(to + floats(i), count - i), v128.load(value + floats(i)));
    storeSome(to + floats(i), sum, count - i);
  }
}

function fill(to: usize, value: f32, end: usize): void {
  for (let i: usize = 0; i < end; i += 16) v128.store(to + i, f32x4.splat(value));
}
