import { existsSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { api, routeOf } from './pages.ts';

/** The repository's root. */
export const root: string = join(import.meta.dirname, '..');

/** Which file is rendered: `path` may be where its page stands, and then `realPath` is the file. */
interface Env {
  readonly path: string;
  readonly realPath?: string;
}

const repository = 'https://github.com/secateur-js/secateur';

/**
 * Lets links be written for the repository: one to a file that is a page leads to the page, one to any other file or
 * folder to GitHub. A link to what does not exist throws.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  const next = md.renderer.rules.link_open!;
  md.renderer.rules.link_open = (tokens, index, options, env: Env, self) => {
    const token = tokens[index]!;
    const href = token.attrGet('href')!;
    const source = relative(root, env.realPath ?? env.path)
      .split(sep)
      .join('/');
    token.attrSet('href', siteLink(href, source));
    return next(tokens, index, options, env, self);
  };
}

/** Where a link of a file leads in the site. `source` is that file from the repository's root. */
export function siteLink(href: string, source: string): string {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return href;
  const [, path = '', hash = ''] = /^([^#]*)(#.*)?$/.exec(href)!;
  const file = posix.join(posix.dirname(source), decodeURI(path));
  const route = routeOf(file);
  // TypeDoc writes links between its own pages, which VitePress checks.
  if (route !== undefined && (source.startsWith(api.folder) || existsSync(join(root, file)))) {
    return `/${route.replace(/(^|\/)index$/, '$1')}${hash}`;
  }
  if (!existsSync(join(root, file)) || file.startsWith('..')) {
    throw new Error(
      `${source}: expected a file for the link "${href}", found none at ${file}; mend the link.`,
    );
  }
  const kind = statSync(join(root, file)).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${file}${hash}`;
}
