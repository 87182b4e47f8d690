import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environmentOf } from './nodes/install.ts';
import { cacheFolder } from '@secateur/testing/system';

describe('cacheFolder', () => {
  test('is where each system keeps what can be made again', () => {
    expect(cacheFolder({}, 'linux', '/home/me')).toBe('/home/me/.cache/secateur');
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/me' }, 'linux', '/home/me')).toBe(
      '/var/me/secateur',
    );
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/me' }, 'darwin', '/Users/me')).toBe(
      '/Users/me/Library/Caches/secateur',
    );
    expect(cacheFolder({ LOCALAPPDATA: 'D:\\Local' }, 'win32', 'C:\\Users\\me')).toBe(
      'D:\\Local\\secateur',
    );
    expect(cacheFolder({}, 'win32', 'C:\\Users\\me')).toBe(
      'C:\\Users\\me\\AppData\\Local\\secateur',
    );
  });
  test('is what SECATEUR_CACHE says, and nothing where that is empty', () => {
    expect(cacheFolder({ SECATEUR_CACHE: '/tmp/mine' }, 'darwin', '/Users/me')).toBe('/tmp/mine');
    expect(cacheFolder({ SECATEUR_CACHE: '' }, 'linux', '/home/me')).toBe(
      '/home/me/.cache/secateur',
    );
  });
});

describe('environmentOf', () => {
  const binary = join('folder', 'node');
  test('puts the folder of a Node first, under the name that the path has', () => {
    const found = environmentOf(binary, { Path: 'rest', OTHER: '1' });
    expect(Object.keys(found)).toEqual(['Path', 'OTHER']);
    expect(found['Path']).toMatch(/^folder[:;]rest$/);
  });
  test('makes a path where there was none', () => {
    expect(environmentOf(binary, {})['PATH']).toMatch(/^folder[:;]$/);
  });
});
