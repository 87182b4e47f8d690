import { pathToFileURL } from 'node:url';

/** Where Vite serves a folder outside of its root: under `/@fs`, with forward slashes and, on Windows, the drive. */
export function viteFolder(
  folder: string,
  windows: boolean = process.platform === 'win32',
): string {
  return `/@fs${pathToFileURL(folder, { windows }).pathname}/`;
}
