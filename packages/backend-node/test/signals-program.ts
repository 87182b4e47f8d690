// Multiplies on native TensorFlow with a number of threads until its standard input ends, and compares each product with the first.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-node';

/** How often each signal came. */
const seen: Record<string, number> = { SIGINT: 0, SIGTERM: 0, SIGWINCH: 0, SIGUSR1: 0 };
for (const signal of Object.keys(seen)) process.on(signal, () => seen[signal]!++);
await useBackend('node', { threads: Number(process.argv[2]) });

let isOver = false;
process.stdin.on('end', () => (isOver = true)).resume();
// Larger than what oneDNN keeps on the stack.
const size = 256;
const values = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i));
const x = tensor2d(values, [size, size]);
const product = (): Float32Array => tidy(() => matMul(x, x).dataSync<'float32'>());
const first = product();
process.stdout.write('ready\n');
let wrong = 0;
while (!isOver) {
  for (let i = 0; i < 50; i++) {
    if (product().some((value, k) => value !== first[k])) wrong++;
  }
  await setImmediate();
}
const blocked = /SigBlk:\s*(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
process.stdout.write(JSON.stringify({ wrong, seen, blocked }));
process.exit(0);
