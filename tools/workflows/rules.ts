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
