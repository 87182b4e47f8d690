import { describe, expect, test } from 'vitest';
import { siteLink } from '../links.ts';

describe('siteLink', () => {
  test.each([
    [
      '../packages/lasso/README.md#exports',
      'docs/glossary.md',
      '/reference/packages/lasso#exports',
    ],
    ['results/README.md', 'docs/glossary.md', '/results/'],
    ['#here', 'docs/glossary.md', '#here'],
    ['https://a.example/b.md', 'docs/glossary.md', 'https://a.example/b.md'],
    ['LICENSE', 'CONTRIBUTING.md', 'https://github.com/secateur-js/secateur/blob/main/LICENSE'],
    [
      'docs/signatures',
      'CONTRIBUTING.md',
      'https://github.com/secateur-js/secateur/tree/main/docs/signatures',
    ],
    ['groups.md#groupset', 'docs/api/@secateur/lasso.md', '/reference/api/groups#groupset'],
  ])('%s of %s leads to %s', (href, source, target) => {
    expect(siteLink(href, source)).toBe(target);
  });

  test.each(['no-such-page.md', '../../outside.md'])(
    '%s is an error that names the page',
    (href) => {
      expect(() => siteLink(href, 'docs/glossary.md')).toThrow(
        `docs/glossary.md: expected a file for the link "${href}", found none`,
      );
    },
  );
});
