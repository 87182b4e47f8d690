// What the site needs beside its pages: titles of the API's pages, which TypeDoc has written, and the playground's build.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { npmCommand } from '@secateur/testing/command';
import { root } from './links.ts';
import { api } from './pages.ts';

nameEntries(join(root, api.folder, '@secateur'));
buildPlayground(join(root, 'apps/playground'), join(root, 'site/public/playground'));

/** TypeDoc calls the page of an entry `tfjs` or `index`; a reader knows what is imported: `@secateur/pruner/tfjs`. */
function nameEntries(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const file of readdirSync(join(folder, entry.name))) {
      const path = join(folder, entry.name, file);
      const title = ['@secateur', entry.name, ...(/^index/.test(file) ? [] : [file.slice(0, -3)])];
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^# .*/, `# ${title.join('/')}`));
    }
  }
}

/** Builds the playground and puts it where VitePress takes files from as they are. */
function buildPlayground(application: string, target: string): void {
  rmSync(target, { recursive: true, force: true });
  for (const args of [['kernels'], ['page', '-w', '@secateur/playground']]) {
    const [program, ...rest] = npmCommand('npm', 'run', ...args);
    const { status } = spawnSync(program, rest, { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      throw new Error(
        `site: expected npm run ${args.join(' ')} to succeed, found status ${status}; see what it printed above.`,
      );
    }
  }
  cpSync(join(application, 'dist'), target, { recursive: true });
}
