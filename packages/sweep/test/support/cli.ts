import { sweep } from '../../src/commands/sweep.ts';

/** Runs `secateur sweep` with these arguments in a folder. */
export async function sweepIn(
  folder: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await sweep(args, {
    folder,
    print: (text) => (out += text),
    complain: (text) => (err += text),
  });
  return { code, out, err };
}
