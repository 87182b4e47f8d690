import { main } from '../../src/main.ts';

/** How the program ended and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in `folder` in this process. */
export async function secateur(folder: string, ...args: string[]): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, {
    folder,
    unicode: true,
    print: (text) => (stdout += text),
    complain: (text) => (stderr += text),
  });
  return { code, stdout, stderr };
}
