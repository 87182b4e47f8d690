#!/usr/bin/env node
// Starts src/doctor-cli.ts as it was built. Plain JavaScript that is there before any build, so that npm can link it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = new URL('../dist/doctor-cli.js', import.meta.url);
const fromHere = createRequire(join(process.cwd(), 'package.json'));

/** Imports a package as this folder sees it; a package manager may hide it from ours. */
async function importFromHere(name) {
  try {
    await import(pathToFileURL(fromHere.resolve(name)).href);
  } catch {
    // The report says why: it looks for the package itself.
  }
}

try {
  if (!existsSync(built)) {
    throw new Error('expected @secateur/backend to be built, found no dist/; run `npm run build`.');
  }
  // What a program imports first: without a peer of this package no backend is of use.
  await import(new URL('../dist/index.js', import.meta.url).href);
  const { runDoctor } = await import(built.href);
  for (const name of ['webgpu', 'node', 'wasm']) await importFromHere(`@secateur/backend-${name}`);
  const { text, code } = await runDoctor(process.argv.slice(2));
  console.log(text);
  process.exitCode = code;
} catch (error) {
  const missing = error?.code === 'ERR_MODULE_NOT_FOUND' && /'(@tensorflow\/[\w-]+)'/.exec(error);
  console.error(
    missing
      ? `secateur-doctor: expected the package ${missing[1]}, found none; npm install ${missing[1]}@4.22.0.`
      : `secateur-doctor: ${error?.message ?? error}`,
  );
  process.exitCode = 1;
}
