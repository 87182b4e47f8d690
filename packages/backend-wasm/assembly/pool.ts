// Work shared among threads. Each thread has an instance of this module over the same memory. A job is a kind, its
// arguments and a number of chunks; whoever is free takes the next chunk. What a chunk computes does not depend on who
// computes it, so results have the same bits whatever the number of threads.
import { runChunk } from './tasks';

/*
 * The control block, in bytes: the ticket, `chunks << 16 | chunks taken`; the number of chunks done; the number of
 * workers asleep; whether the main thread sleeps; then the kind of the job and its arguments.
 */
const DONE: usize = 4;
const ASLEEP: usize = 8;
const WAITING: usize = 12;
const KIND: usize = 16;
const ARGUMENTS: usize = 20;
/** Bytes of the control block. */
const CONTROL: usize = 256;

/** How often to look for work before going to sleep: some 50 µs, more than what lies between the steps of a sequence. */
const PATIENCE: i32 = 20000;

let control: usize = 0;
let own: usize = 0;
let threads: i32 = 1;
let mayBlock: bool = false;

/** Bytes of the control block that the threads share. */
export function controlSize(): usize {
  return CONTROL;
}

/** Gives this thread the control block, zeroed at first, and scratch space of its own of `gemmScratch` bytes. */
export function attach(sharedControl: usize, ownScratch: usize): void {
  control = sharedControl;
  own = ownScratch;
}

/** Sets how many threads take chunks; `block` is whether this one may sleep, as a page's main thread may not. */
export function setThreads(count: i32, block: bool): void {
  threads = count;
  mayBlock = block;
}

/** This thread's scratch space. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function ownScratch(): usize {
  return own;
}

/** How many chunks to cut work of so many multiply-adds into: one where a second thread would cost more than it saves. */
export function chunksFor(work: i64): i32 {
  if (threads == 1 || work < 200000) return 1;
  return work < 4000000 ? threads : 2 * threads;
}

/** Sets an argument of the next job. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function setArgument(index: i32, value: i32): void {
  store<i32>(control + ARGUMENTS + (<usize>index << 2), value);
}

/** An argument of the current job. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function argument(index: i32): i32 {
  return load<i32>(control + ARGUMENTS + (<usize>index << 2));
}

/** Runs a job whose arguments are set; returns when all of its chunks are done. */
export function parallel(kind: i32, chunks: i32): void {
  if (chunks == 1) return runChunk(kind, 0, 1);
  store<i32>(control + KIND, kind);
  atomic.store<i32>(control + DONE, 0);
  atomic.store<i32>(control, chunks << 16);
  if (atomic.load<i32>(control + ASLEEP) > 0) atomic.notify(control, -1);
  while (takeChunk()) {}
  for (let spins = 0; atomic.load<i32>(control + DONE) < chunks; spins++) {
    if (spins > PATIENCE && mayBlock) sleepUntilDone(chunks);
  }
}

/** Takes and runs a chunk of the current job; false when none is left. */
function takeChunk(): bool {
  const ticket = atomic.load<i32>(control);
  const chunks = ticket >>> 16;
  const chunk = ticket & 0xffff;
  if (chunk >= chunks) return false;
  // Whoever moves the ticket on owns the chunk, and the job's arguments stay until the chunk is done.
  if (atomic.cmpxchg<i32>(control, ticket, ticket + 1) != ticket) return true;
  runChunk(load<i32>(control + KIND), chunk, chunks);
  const last = atomic.add<i32>(control + DONE, 1) == chunks - 1;
  if (last && atomic.load<i32>(control + WAITING) == 1) atomic.notify(control + DONE, 1);
  return true;
}

function sleepUntilDone(chunks: i32): void {
  atomic.store<i32>(control + WAITING, 1);
  const done = atomic.load<i32>(control + DONE);
  if (done < chunks) atomic.wait<i32>(control + DONE, done, 1000000);
  atomic.store<i32>(control + WAITING, 0);
}

/** What a worker does for as long as it lives. */
export function serve(): void {
  let idle = 0;
  while (true) {
    if (takeChunk()) {
      idle = 0;
    } else if (++idle > PATIENCE) {
      const ticket = atomic.load<i32>(control);
      if ((ticket & 0xffff) >= ticket >>> 16) {
        atomic.add<i32>(control + ASLEEP, 1);
        // Returns at once when a job has come since the ticket was read.
        atomic.wait<i32>(control, ticket, -1);
        atomic.sub<i32>(control + ASLEEP, 1);
      }
      idle = 0;
    }
  }
}
