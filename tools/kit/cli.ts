// `npm run kit [-- folder]`: writes the kit that measures WebGPU on a machine with a GPU and without a network.
import { join, resolve } from 'node:path';
import { toolMain } from '@secateur/testing/system';
import { makeKit } from './make.ts';
import { root } from '../root.ts';

const folder = resolve(process.argv[2] ?? join(root, 'build/kit'));
await toolMain(async () => {
  const bytes = await makeKit(folder, (line) => {
    console.error(line);
  });
  console.log(`${folder}: ${(bytes / 2 ** 20).toFixed(1)} MiB; there: OUT=results sh run.sh`);
});
