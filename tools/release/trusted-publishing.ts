/** What decides how npm proves who it is. */
export interface Publisher {
  /** Version of Node, such as `24.10.0`. */
  readonly node: string;
  /** Version of npm, such as `11.6.1`. */
  readonly npm: string;
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `npm config list` prints. */
  readonly config: string;
}

/**
 * What stands in the way of npm's trusted publishing, a line each. npm tries it first and falls back to a token without a
 * word; a release that fell back would come from nowhere that users can check. The versions are those of npm's
 * documentation on trusted publishers.
 */
export function obstacles({ node, npm, env, config }: Publisher): string[] {
  const problems: string[] = [];
  const old = (what: string, version: string, least: string): void => {
    if (version.localeCompare(least, 'en', { numeric: true }) >= 0) return;
    problems.push(`expected ${what} ${least} or newer, found ${version}; set up a newer one`);
  };
  old('Node', node, '22.14.0');
  old('npm', npm, '11.5.1');
  for (const name of ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
    if (env[name]) continue;
    problems.push(
      `expected ${name}, found none; give the job "id-token: write", and run this in a workflow only`,
    );
  }
  for (const name of ['NPM_TOKEN', 'NODE_AUTH_TOKEN']) {
    if (env[name] === undefined) continue;
    problems.push(`expected no ${name}, found one; remove it from the workflow`);
  }
  const keys = config.match(/:_(?:auth|authToken|password)(?= =)/g) ?? [];
  for (const key of new Set(keys)) {
    problems.push(`expected no ${key.slice(1)} in npm's configuration, found one; remove it`);
  }
  return problems;
}
