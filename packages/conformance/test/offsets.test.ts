import { mkdirSync, writeFileSync } from 'node:fs';
import { join, posix, win32 } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { describe, expect, test } from 'vitest';
import { fileIn, serve } from '../page/serve.ts';
import { chromiumPlaces } from '../runner/chromium.ts';
import { viteFolder } from '../runner/vite-folder.ts';

describe('chromiumPlaces', () => {
  test('knows where each system installs programs', () => {
    expect(chromiumPlaces('linux', {})[0]).toBe('/usr/bin/chromium');
    expect(chromiumPlaces('darwin', {})).toContain(
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    const env = { ProgramFiles: 'D:\\Programs', LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' };
    const places = chromiumPlaces('win32', env);
    expect(places).toContain('D:\\Programs\\Google\\Chrome\\Application\\chrome.exe');
    expect(places).toContain('C:\\Users\\me\\AppData\\Local\\Chromium\\Application\\chrome.exe');
    expect(places.at(-1)).toMatch(/msedge\.exe$/);
  });
});

describe('viteFolder', () => {
  test('is a path of a URL, with the drive on Windows', () => {
    expect(viteFolder('/opt/my app/dist', false)).toBe('/@fs/opt/my%20app/dist/');
    expect(viteFolder('C:\\Users\\me\\dist', true)).toBe('/@fs/C:/Users/me/dist/');
  });
});

describe('fileIn', () => {
  test('finds files of the folder', () => {
    expect(fileIn('/site/dist', '/a/b.js', posix)).toBe('/site/dist/a/b.js');
    expect(fileIn('C:\\site\\dist', '/a/b.js', win32)).toBe('C:\\site\\dist\\a\\b.js');
    expect(fileIn('/site/dist', '/a%20b.js', posix)).toBe('/site/dist/a b.js');
  });
  test('and none outside of it', () => {
    for (const name of ['/../dist-other/a.js', '/..%2fsecret', '/%2e%2e/secret', '/%']) {
      expect(fileIn('/site/dist', name, posix), name).toBeUndefined();
    }
    for (const name of ['/..\\secret', '/..%5csecret', '/..%2fdist-other%2fa.js']) {
      expect(fileIn('C:\\site\\dist', name, win32), name).toBeUndefined();
    }
  });
});

test('serve gives the files of a folder with their types, and no others', async () => {
  const parent = temporaryFolder();
  mkdirSync(join(parent, 'dist'));
  writeFileSync(join(parent, 'dist', 'index.html'), 'page');
  writeFileSync(join(parent, 'secret.html'), 'secret');
  const served = await serve(join(parent, 'dist'), { 'X-Test': 'yes' });
  try {
    const page = await fetch(served.url);
    expect([page.status, page.headers.get('content-type'), page.headers.get('x-test')]).toEqual([
      200,
      'text/html',
      'yes',
    ]);
    expect(await page.text()).toBe('page');
    expect((await fetch(`${served.url}..%2fsecret.html`)).status).toBe(404);
    expect((await fetch(`${served.url}nothing.js`)).status).toBe(404);
  } finally {
    await served.close();
    removeFolder(parent);
  }
});
