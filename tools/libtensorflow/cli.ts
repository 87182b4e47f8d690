// npm run libtensorflow: the native library behind @tensorflow/tfjs-node where the download of its install script is
// blocked. The library comes from a Python package, the addon from its own source; both are kept outside node_modules.
import { buildAddon } from './addon.ts';
import { fetchLibrary, LIBRARY_VERSION } from './library.ts';
import { findPackages, install } from './install.ts';
import { cacheFolder, ToolError, toolMain } from '@secateur/testing/system';
import { root } from '../root.ts';

await toolMain(() => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ToolError(
      `libtensorflow: expected Linux on x64, found ${process.platform} on ${process.arch}; there run "npm rebuild @tensorflow/tfjs-node", which downloads TensorFlow's own build.`,
    );
  }
  const packages = findPackages(root);
  const cache = cacheFolder();
  const library = fetchLibrary(cache, (line) => console.log(line));
  for (const directory of packages) {
    const addon = buildAddon(directory, library, cache, (line) => console.log(line));
    const changed = install(directory, library, addon);
    console.log(`${directory}: ${changed ? 'linked' : 'is ready'}`);
  }
  console.log(`TensorFlow ${LIBRARY_VERSION} is in ${library}`);
});
