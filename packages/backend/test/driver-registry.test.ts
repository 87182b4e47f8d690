import { describe, expect, test } from 'vitest';
import { isMissing } from '../src/driver-registry.ts';

const module = '@secateur/backend-webgpu';

describe('isMissing', () => {
  test('knows the words of Node, Vite and browsers', () => {
    for (const message of [
      `Cannot find package '${module}' imported from /app/node_modules/@secateur/backend/dist/x.js`,
      `Cannot find module '${module}'`,
      `Failed to load url ${module} (resolved id: ${module}) in /app/x.js. Does the file exist?`,
      `Failed to resolve module specifier '${module}'`,
      `The specifier \u201c${module}\u201d was a bare specifier, but was not remapped to anything.`,
    ]) {
      expect(isMissing(new Error(message), module), message).toBe(true);
    }
  });
  test('tells a package that is there and lacks another', () => {
    for (const message of [
      `Cannot find package '@tensorflow/tfjs-backend-webgpu' imported from /app/node_modules/${module}/dist/index.js`,
      `Cannot find module '/app/node_modules/${module}/dist/gone.js' imported from /app/x.js`,
      `No "exports" main defined in /app/node_modules/${module}/package.json`,
    ]) {
      expect(isMissing(new Error(message), module), message).toBe(false);
    }
  });
});
