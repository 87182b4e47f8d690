/**
 * The lines of a workflow that run code which is not pinned: an action without a full commit hash and, in a comment, the
 * version it is of; a container without the hash of its image. What lies in this repository needs no pin.
 */
export function unpinned(workflow: string): string[] {
  return workflow
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => {
      const [, key, value] = /^(?:- )?(uses|image|container): *(\S.*)$/.exec(line) ?? [];
      if (value === undefined || /^['"]?\.\//.test(value)) return false;
      const pinned =
        key === 'uses'
          ? /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
          : /^[\w.:/-]+@sha256:[0-9a-f]{64}$/;
      return !pinned.test(value);
    });
}

/** Whether a workflow takes all permissions from every job that does not ask for its own. */
export function grantsNothing(workflow: string): boolean {
  return /^permissions: \{\}$/m.test(workflow);
}

/** The npm scripts that a text runs: `npm run lint`, `npm test`, `npm -s start`. */
export function npmScripts(text: string): string[] {
  const command = /\bnpm((?: -[-\w]+)*) (?:(run)((?: -[-\w]+)*) ([\w][\w:.-]*)|(test|start))\b/g;
  const names = [...text.matchAll(command)].map(([, , , , named, short]) => (named ?? short)!);
  return [...new Set(names)];
}

/** Names of what holds a token of npm, and of the setting that makes one: a release must know none of them. */
export function tokenNames(text: string): string[] {
  return text.match(/NPM_TOKEN|NODE_AUTH_TOKEN|_auth(?:Token)?\b|registry-url/g) ?? [];
}
