import { existsSync } from 'node:fs';

/** Where Debian and others install Chromium; CHROMIUM_PATH goes first. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of an installed Chromium; throws when there is none. */
export function chromiumPath(): string {
  const asked = process.env['CHROMIUM_PATH'];
  const found = (asked === undefined ? places : [asked]).find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    `chromiumPath: expected a Chromium at ${asked ?? places.join(' or ')}, found none; install one (Debian: apt-get install chromium libvulkan1) or set CHROMIUM_PATH.`,
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
