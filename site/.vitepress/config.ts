import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { repositoryLinks, root } from '../links.ts';
import { api, parts, routeOf, type SitePage, type SitePart } from '../pages.ts';

const base = '/secateur/';
const site = join(root, 'site');
const repository = 'https://github.com/secateur-js/secateur';

const link = (route: string): string => `/${route.replace(/(^|\/)index$/, '$1')}`;

const packages = 'reference/packages/';

function sidebar({ title, pages }: SitePart): DefaultTheme.SidebarItem[] {
  const items = (some: readonly SitePage[]): DefaultTheme.SidebarItem[] =>
    some.map((page) => ({ text: page.title, link: link(page.route) }));
  const ofPackages = pages.filter(({ route }) => route.startsWith(packages));
  const own = { text: title, items: items(pages.filter((page) => !ofPackages.includes(page))) };
  if (ofPackages.length === 0) return [own];
  return [own, { text: 'Packages', items: items(ofPackages) }, { text: 'API', items: apiItems() }];
}

/** The sidebar that TypeDoc writes, with addresses of this site; `index` there is the main entry of a package. */
function apiItems(): DefaultTheme.SidebarItem[] {
  const file = join(root, api.folder, 'typedoc-sidebar.json');
  if (!existsSync(file)) {
    throw new Error(`site: expected ${file}, found none; run npm run site:prepare.`);
  }
  const moved = (items: DefaultTheme.SidebarItem[], parent?: string): DefaultTheme.SidebarItem[] =>
    items.flatMap(({ text = '', items, link: target = '' }) => {
      if (items !== undefined) return moved(items, text);
      const name = parent === undefined ? text : text === 'index' ? parent : `${parent}/${text}`;
      const route = routeOf(target.replace(/^\/api\//, api.folder))!;
      return [{ text: name, link: link(route) }];
    });
  return moved(JSON.parse(readFileSync(file, 'utf8')) as DefaultTheme.SidebarItem[]);
}

export default defineConfig({
  title: 'Secateur',
  description: 'Recurrent networks that slim themselves, in TypeScript.',
  lang: 'en-US',
  base,
  // The texts stay where they are in the repository; site/pages.ts says which are pages.
  srcDir: '..',
  srcExclude: [
    ...['README.md', 'CODE_OF_CONDUCT.md', '{.changeset,.github,.ci,build,tools}/**'],
    ...['**/{test,runs,.doctest,dist-ts,.vitepress}/**', 'packages/{app,testing}/**'],
    ...['apps/playground/**', '**/CHANGELOG.md'],
    // TypeDoc's lists of packages and of their entries say no more than the sidebar.
    ...['docs/api/index.md', 'docs/api/@secateur/*/index.md'],
  ],
  outDir: join(site, 'dist'),
  cacheDir: join(root, 'node_modules/.cache/vitepress'),
  cleanUrls: true,
  rewrites(source) {
    const route = routeOf(source);
    if (route === undefined) {
      throw new Error(
        `site: expected every page in site/pages.ts, found ${source} in no part; add it, or exclude it in site/.vitepress/config.ts.`,
      );
    }
    return `${route}.md`;
  },
  vite: {
    publicDir: join(site, 'public'),
  },
  markdown: {
    config: repositoryLinks,
    // As GitHub makes them, so that a link to a heading holds in both places.
    anchor: {
      slugify: (text) =>
        text
          .trim()
          .toLowerCase()
          .replace(/[^\p{L}\p{N}\s_-]/gu, '')
          .replace(/\s/g, '-'),
    },
    // The usual ones are too pale for the contrast that WCAG asks for.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    nav: parts.map((part) => ({
      text: part.title,
      link: link(part.pages[0]!.route),
      activeMatch: `^/${part.pages[0]!.route.split('/')[0]!}/`,
    })),
    sidebar: Object.fromEntries(
      parts.map((part) => [`/${part.pages[0]!.route.split('/')[0]!}/`, sidebar(part)]),
    ),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: 'Edit this page on GitHub' },
    footer: { message: 'Apache-2.0' },
  },
});
