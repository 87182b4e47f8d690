#!/usr/bin/env node
// Starts src/cli.ts as it was built. Plain JavaScript that is there before any build, so that npm can link it.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli.js', import.meta.url);

if (existsSync(built)) {
  await import(built.href);
} else {
  console.error('secateur: expected a built program, found no dist/; run `npm run build`.');
  process.exitCode = 1;
}
