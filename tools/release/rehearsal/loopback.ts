import { join } from 'node:path';
import { ToolError } from '@secateur/testing/system';

/** What publishing reads of a package.json. */
export interface Publishable {
  readonly name: string;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

/** Nothing listens there: a proxy at this address makes every host but the loopback one unreachable. */
const NOWHERE = 'http://127.0.0.1:9';

/** Tells whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
}

/** Throws unless the registry is on this machine; `where` says what named it. */
function requireLoopback(registry: string, where: string): void {
  if (isLoopback(registry)) return;
  throw new ToolError(
    `release: expected ${where} to be a registry on this machine, such as http://127.0.0.1:4873/, found "${registry}"; nothing was published, remove that setting.`,
  );
}

/**
 * The environment of commands that publish to, or install from, the registry on this machine alone: a npmrc and a cache of
 * their own in `home`, no credentials, no configuration of the caller, and a proxy that leads nowhere, so that a command
 * that would turn to another registry all the same fails to reach it.
 */
export function localEnvironment(
  base: NodeJS.ProcessEnv,
  { registry, home }: { readonly registry: string; readonly home: string },
): NodeJS.ProcessEnv {
  requireLoopback(registry, "the rehearsal's registry");
  const foreign = /^npm_|^(npm_token|node_auth_token|actions_id_token_.*|(https?|all|no)_proxy)$/i;
  const kept = Object.entries(base).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    npm_config_registry: registry,
    npm_config_userconfig: join(home, 'npmrc'),
    npm_config_globalconfig: join(home, 'global-npmrc'),
    npm_config_cache: join(home, 'cache'),
    npm_config_proxy: NOWHERE,
    npm_config_https_proxy: NOWHERE,
    npm_config_noproxy: '127.0.0.1',
    npm_config_provenance: 'false',
    npm_config_ignore_scripts: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

/**
 * Throws unless every registry that publishing could turn to is on this machine: what npm's configuration says in the
 * folder, for all packages and for their scopes, and what each package.json says. `readConfig` asks npm for one key.
 */
export async function requireLocalPublishing(
  packages: readonly Publishable[],
  readConfig: (key: string) => Promise<string>,
): Promise<void> {
  requireLoopback(await readConfig('registry'), "npm's setting registry");
  const scopes = packages.flatMap(({ name }) => /^@[^/]+(?=\/)/.exec(name)?.[0] ?? []);
  for (const scope of new Set(scopes)) {
    const registry = await readConfig(`${scope}:registry`);
    // npm's word for a key that nobody has set.
    if (registry !== 'undefined') requireLoopback(registry, `npm's setting ${scope}:registry`);
  }
  for (const { name, publishConfig = {} } of packages) {
    for (const [key, value] of Object.entries(publishConfig)) {
      if (key === 'registry' || key.endsWith(':registry')) {
        requireLoopback(String(value), `publishConfig.${key} of ${name}`);
      }
    }
  }
}
