import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath } from './runner/chromium.ts';
import { targetOf } from './src/targets.ts';
import { provide, reporters } from './vitest.shared.ts';

// One target in headless Chromium: SECATEUR_TARGET=chromium-wasm npx vitest run --config vitest.browser.config.ts
const target = targetOf(process.env['SECATEUR_TARGET'] ?? 'chromium-wasm');

export default defineConfig({
  resolve: { conditions: ['@secateur/source', 'module', 'browser', 'import', 'default'] },
  server: {
    ...(target.isolated === true && {
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    }),
    fs: { allow: ['../..'] },
  },
  optimizeDeps: {
    include: ['core', 'layers', 'backend-cpu', 'backend-wasm', 'backend-webgpu'].map(
      (name) => `@tensorflow/tfjs-${name}`,
    ),
  },
  test: {
    name: target.name,
    provide,
    include: [`targets/${target.name}.test.ts`],
    testTimeout: 0,
    hookTimeout: 0,
    reporters,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: chromiumPath(), args: [...chromiumArguments] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
