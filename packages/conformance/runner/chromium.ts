import { existsSync } from 'node:fs';
import { win32 } from 'node:path';

/** Where each system installs Chromium or a browser made of it; CHROMIUM_PATH goes first. */
export function chromiumPlaces(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  if (platform === 'darwin') {
    return ['Chromium', 'Google Chrome', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform !== 'win32') {
    return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  }
  const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(
    (name) => env[name] ?? [],
  );
  return [
    ['Chromium', 'Application', 'chrome.exe'],
    ['Google', 'Chrome', 'Application', 'chrome.exe'],
    ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ].flatMap((parts) => folders.map((folder) => win32.join(folder, ...parts)));
}

/** The path of an installed Chromium; throws when there is none. */
export function chromiumPath(): string {
  const asked = process.env['CHROMIUM_PATH'];
  const paths = asked === undefined ? chromiumPlaces(process.platform, process.env) : [asked];
  const path = paths.find((place) => existsSync(place));
  if (path !== undefined) return path;
  throw new Error(
    `chromiumPath: expected a Chromium at ${paths.join(' or ')}, found none; install one (Debian: apt-get install chromium libvulkan1) or set CHROMIUM_PATH.`,
  );
}

/**
 * How Chromium is started: with a software adapter for WebGPU. With fewer of these flags there is no adapter, or one
 * whose synchronous reads are zeros without a word.
 */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--use-webgpu-adapter=swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
