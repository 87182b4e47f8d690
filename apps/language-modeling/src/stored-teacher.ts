import { dispose, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import type { BatchReader } from './data/batches.ts';
import type { Teacher } from './teacher.ts';

/** What a step of training asks of a teacher. */
export type Lessons = Pick<Teacher, 'share' | 'temperature' | 'zeroState' | 'read'>;

/** Bytes of logits that are stored; a teacher of more is asked anew at every step. */
const STORED = 2 ** 30;

/** The logits of a window: each row in whole steps from its smallest to its largest. */
interface Stored {
  readonly codes: Uint16Array;
  /** Smallest logit and step of each row, one after the other. */
  readonly scales: Float32Array;
}

/** Steps from the smallest logit of a row to its largest. */
const LEVELS = 65_535;

/**
 * Has a teacher read the whole text once, as it says the same in every epoch, and stores its logits in 16 bits each. They are
 * off by at most a 131,070th of what lies between the smallest and the largest logit of a row. A text whose logits take more
 * than 1 GiB leaves the teacher as it is.
 */
export async function storedTeacher(
  teacher: Teacher,
  reader: BatchReader,
  {
    batch,
    steps,
    vocab,
  }: { readonly batch: number; readonly steps: number; readonly vocab: number },
): Promise<Lessons> {
  if (reader.windows * batch * steps * vocab * Uint16Array.BYTES_PER_ELEMENT > STORED) {
    return teacher;
  }
  const windows: Stored[] = [];
  let state = teacher.zeroState(batch);
  try {
    for (let window = 0; window < reader.windows; window++) {
      const inputs = tensor2d(reader.window(window).inputs, [batch, steps], 'int32') as Tensor2D;
      const read = teacher.read(inputs, state, window);
      dispose([inputs, ...Object.values(state)]);
      ({ state } = read);
      try {
        windows.push(stored(await read.logits.data<'float32'>(), vocab));
      } finally {
        read.logits.dispose();
      }
    }
  } finally {
    dispose({ ...state });
  }
  const { share, temperature } = teacher;
  return {
    ...{ share, temperature },
    zeroState: () => ({}),
    read: (_words, _carried, window) => ({
      logits: tensor2d(restored(windows[window]!, vocab), [batch * steps, vocab]),
      state: {},
    }),
  };
}

function stored(logits: Float32Array, width: number): Stored {
  const codes = new Uint16Array(logits.length);
  const scales = new Float32Array((2 * logits.length) / width);
  for (let row = 0; row < logits.length / width; row++) {
    const from = row * width;
    let [low, high] = [Infinity, -Infinity];
    for (let k = from; k < from + width; k++) {
      low = Math.min(low, logits[k]!);
      high = Math.max(high, logits[k]!);
    }
    if (!Number.isFinite(high - low)) {
      throw new Error(
        `--teacher: expected finite logits from it, found ${low} to ${high} in one row; its weights do not fit this text, train it again.`,
      );
    }
    const step = Math.fround((high - low) / LEVELS);
    scales.set([low, step], 2 * row);
    for (let k = from; k < from + width; k++) {
      codes[k] = step === 0 ? 0 : Math.min(LEVELS, Math.round((logits[k]! - low) / step));
    }
  }
  return { codes, scales };
}

function restored({ codes, scales }: Stored, width: number): Float32Array {
  const logits = new Float32Array(codes.length);
  for (let row = 0; row < codes.length / width; row++) {
    const [low, step] = [scales[2 * row]!, scales[2 * row + 1]!];
    for (let k = row * width; k < (row + 1) * width; k++) logits[k] = low + step * codes[k]!;
  }
  return logits;
}
