// Work shared among threads. Each thread has an instance of this module over the same memory. A job is a kind, its
// arguments and a number of chunks; whoever is free takes the next chunk. What a chunk computes does not depend on who
// computes it, so results have the same bits whatever the number of threads.

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
/** Whether the job that this thread offered last has a single chunk, which no other needs to know of. */
let alone: bool = false;

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

/**
 * Offers a job whose arguments are set to all threads, and returns the first chunk for this one, -1 when all are done. The caller
 * runs its chunks itself, so that this file need not know what they are; workers learn it from the kind (`serve.ts`):
 * `for (let chunk = offer(GEMM, chunks); chunk >= 0; chunk = nextChunk()) gemmChunk(chunk, chunks);`
 */
export function offer(kind: i32, chunks: i32): i32 {
  alone = chunks == 1;
  if (alone) return 0;
  store<i32>(control + KIND, kind);
  atomic.store<i32>(control + DONE, 0);
  atomic.store<i32>(control, chunks << 16);
  if (atomic.load<i32>(control + ASLEEP) > 0) atomic.notify(control, -1);
  return takeOrWait(chunks);
}

/** The next chunk of the job that this thread offered, which has done one; -1 when all are done, whoever did them. */
export function nextChunk(): i32 {
  if (alone) return -1;
  chunkDone();
  return takeOrWait(chunksOf(atomic.load<i32>(control)));
}

/** The kind of the current job. */
export function jobKind(): i32 {
  return load<i32>(control + KIND);
}

/** The chunk of a ticket. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function chunkOf(ticket: i32): i32 {
  return ticket & 0xffff;
}

/** How many chunks the job of a ticket has. */
// @ts-ignore: decorators on functions are AssemblyScript's own
@inline
export function chunksOf(ticket: i32): i32 {
  return ticket >>> 16;
}

function takeOrWait(chunks: i32): i32 {
  const ticket = takeTicket();
  if (ticket >= 0) return chunkOf(ticket);
  for (let spins = 0; atomic.load<i32>(control + DONE) < chunks; spins++) {
    if (spins > PATIENCE && mayBlock) sleepUntilDone(chunks);
  }
  return -1;
}

/** Takes a chunk of the current job; -1 when none is left. Whoever moves the ticket on owns the chunk. */
function takeTicket(): i32 {
  while (true) {
    const ticket = atomic.load<i32>(control);
    if (chunkOf(ticket) >= chunksOf(ticket)) return -1;
    if (atomic.cmpxchg<i32>(control, ticket, ticket + 1) == ticket) return ticket;
  }
}

/** Counts a chunk as done; the arguments of its job stay until then. */
export function chunkDone(): void {
  const chunks = chunksOf(atomic.load<i32>(control));
  const last = atomic.add<i32>(control + DONE, 1) == chunks - 1;
  if (last && atomic.load<i32>(control + WAITING) == 1) atomic.notify(control + DONE, 1);
}

function sleepUntilDone(chunks: i32): void {
  atomic.store<i32>(control + WAITING, 1);
  const done = atomic.load<i32>(control + DONE);
  if (done < chunks) atomic.wait<i32>(control + DONE, done, 1000000);
  atomic.store<i32>(control + WAITING, 0);
}

/** Takes the next chunk of this or a later job, as a worker does for as long as it lives; asleep while there is none. */
export function awaitTicket(): i32 {
  let idle = 0;
  while (true) {
    const own = takeTicket();
    if (own >= 0) return own;
    if (++idle < PATIENCE) continue;
    const ticket = atomic.load<i32>(control);
    if (chunkOf(ticket) >= chunksOf(ticket)) {
      atomic.add<i32>(control + ASLEEP, 1);
      // Returns at once when a job has come since the ticket was read.
      atomic.wait<i32>(control, ticket, -1);
      atomic.sub<i32>(control + ASLEEP, 1);
    }
    idle = 0;
  }
}
