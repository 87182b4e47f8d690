// Writes native/signal-mask-linux-x64.node, or the file that it is given: an addon of ten instructions that keeps signals away from
// the thread that loads it; src/signal-mask.ts says what for. It is made byte by byte, so that building and reviewing it takes no
// compiler and a test can compare the file in the repository with this text. The format is that of "System V Application Binary
// Interface", chapters 4 and 5.
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Signals that the thread goes on getting: what its own instructions raise (SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS),
 * what its reading and writing raise (SIGPIPE, SIGTTIN, SIGTTOU), and the two that the C library keeps for itself (32 and 33).
 */
const kept = [4, 5, 6, 7, 8, 11, 31, 13, 21, 22, 32, 33];

/** What Node calls in an addon: `napi_register_module_v1(env in rdi, exports in rsi)`, which returns the exports in rax. */
const entry = 'napi_register_module_v1';
const instructions = [
  [0xf3, 0x0f, 0x1e, 0xfa], // endbr64: a place that may be called
  [0x56], // push rsi
  [0xb8, 14, 0, 0, 0], // mov eax, 14: the system call rt_sigprocmask
  [0x31, 0xff], // xor edi, edi: SIG_BLOCK
  [0x48, 0x8d, 0x35, 12, 0, 0, 0], // lea rsi, [rip + 12]: the mask, which follows the code
  [0x31, 0xd2], // xor edx, edx: the old mask is not wanted
  [0x41, 0xba, 8, 0, 0, 0], // mov r10d, 8: bytes of a mask
  [0x0f, 0x05], // syscall
  [0x58], // pop rax
  [0xc3], // ret
].flat();

/** Where the parts are in the file. */
const at = { programHeaders: 64, hash: 288, symbols: 312, strings: 360, code: 392, dynamic: 448 };
const size = at.dynamic + 6 * 16;
/** The part that the loader writes to is mapped one page further than the rest. */
const PAGE = 4096;

const bytes = new Uint8Array(size);
const view = new DataView(bytes.buffer);

// The header of the file: 64 bits, little-endian, version 1; a shared object (3) for x86-64 (62) with 4 program headers.
bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
put(16, [2, 3], [2, 62], [4, 1], [8, 0], [8, at.programHeaders], [8, 0], [4, 0]);
put(52, [2, 64], [2, 56], [2, 4], [2, 64], [2, 0], [2, 0]);

const [executable, writable, readable] = [1, 2, 4];
const [load, dynamic, stack] = [1, 2, 0x6474e551];
segment(0, load, readable | executable, 0, at.dynamic);
segment(1, load, readable | writable, at.dynamic, size, PAGE);
segment(2, dynamic, readable | writable, at.dynamic, size, PAGE);
// A stack that holds no code.
segment(3, stack, readable | writable, 0, 0);

// One bucket with one symbol, the second of two: the first is none.
put(at.hash, [4, 1], [4, 2], [4, 1], [4, 0], [4, 0]);
const globalFunction = (1 << 4) | 2;
const length = instructions.length + 8;
put(at.symbols + 24, [4, 1], [2, globalFunction], [2, 1], [8, at.code], [8, length]);
bytes.set(Buffer.from(entry), at.strings + 1);

bytes.set(instructions, at.code);
const mask = kept.reduce((all, signal) => all & ~(1n << BigInt(signal - 1)), 2n ** 64n - 1n);
view.setBigUint64(at.code + instructions.length, mask, true);

const tags = [
  [4, at.hash],
  [5, at.strings],
  [6, at.symbols],
  [10, at.code - at.strings], // bytes of the strings
  [11, 24], // bytes of a symbol
  [0, 0], // the end
];
tags.forEach(([tag, value], k) => {
  put(at.dynamic + 16 * k, [8, tag], [8, value]);
});

const target = join(import.meta.dirname, '../native/signal-mask-linux-x64.node');
writeFileSync(process.argv[2] ?? target, bytes);

/** Writes numbers of 2, 4 or 8 bytes one after the other. */
function put(offset, ...values) {
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(offset, value, true);
    else if (width === 4) view.setUint32(offset, value, true);
    else view.setBigUint64(offset, BigInt(value), true);
    offset += width;
  }
}

/** Writes the `k`th program header: which part of the file is mapped, `page` bytes further, and what may be done with it. */
function segment(k, type, flags, from, to, page = 0) {
  const [address, span] = [from + page, to - from];
  const places = [from, address, address, span, span, PAGE].map((value) => [8, value]);
  put(at.programHeaders + 56 * k, [4, type], [4, flags], ...places);
}
