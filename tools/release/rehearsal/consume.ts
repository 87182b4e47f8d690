import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { npmCommand, type Command } from '@secateur/testing/command';
import type { PublicPackage } from '../../consumer/pack.ts';
import { environmentOf } from '../../nodes/install.ts';
import { ToolError } from '@secateur/testing/system';
import { faultsOfFiles, faultsOfInstallation, type Lock } from './installed.ts';
import { runCommand, type CommandOptions } from './run-command.ts';

const program = join(import.meta.dirname, '../../consumer/uses-every-package.mjs');

export interface ConsumerOptions {
  /** What was published. */
  readonly packages: readonly PublicPackage[];
  /** The folder, not there yet, of a project that uses them. */
  readonly project: string;
  /** The Node that installs and runs. */
  readonly binary: string;
  /** The address of the registry. */
  readonly registry: string;
  readonly local: CommandOptions;
  readonly say: (line: string) => void;
}

/** Installs the packages by name into an empty project, checks what came, and runs the consumer program there. */
export async function consume(options: ConsumerOptions): Promise<void> {
  const { packages, project, binary, registry, local, say } = options;
  const releases = packages.map(({ manifest: { name, version } }) => ({ name, version }));
  const names = releases.map(({ name }) => name);
  const here = { ...local, cwd: project, env: environmentOf(binary, local.env) };
  const npm = (...args: string[]): Command => [binary, ...npmCommand('npm', ...args).slice(1)];
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await runCommand(npm('install', ...names), here);

  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as Lock;
  const faults = faultsOfInstallation(lock, registry, releases);
  for (const name of names) {
    const folder = join(project, 'node_modules', name);
    faults.push(...faultsOfFiles(filesUnder(folder)).map((fault) => `${name}: ${fault}`));
  }
  refuse(faults, project);
  // npm's own word on it: no range of an installed package is broken, no dependency missing.
  await runCommand(npm('ls', '--all'), here);
  say(
    `  from the registry: ${releases.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
  );
  say(`  with ${Object.keys(lock.packages).length - 1 - names.length} packages of others`);

  copyFileSync(program, join(project, 'index.mjs'));
  say(`  consumer: ${lastLine(await runCommand([binary, 'index.mjs'], here))}`);
  if (names.includes('secateur')) {
    const doctor = await runCommand(npm('exec', '--no', 'secateur', 'doctor'), here);
    say(`  secateur doctor: ${lastLine(doctor)}`);
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!;

/** The files below a folder, with `/` between folders. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.replaceAll(sep, '/'));
}

function refuse(faults: readonly string[], project: string): void {
  if (faults.length === 0) return;
  throw new ToolError(
    `release: expected the published packages to work in ${project}, found:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  );
}
