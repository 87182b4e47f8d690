import { testFolder } from '@secateur/testing/folders';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package to put into a project: fields of its package.json, and files beside it. */
export interface Installed {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Makes a folder with these packages in node_modules, removed after the test. */
export function project(packages: Readonly<Record<string, Installed>>): string {
  const folder = testFolder();
  for (const [name, { manifest, files = {} }] of Object.entries(packages)) {
    const all = { ...files, 'package.json': JSON.stringify({ name, type: 'module', ...manifest }) };
    for (const [file, text] of Object.entries(all)) {
      const path = join(folder, 'node_modules', name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  return folder;
}
