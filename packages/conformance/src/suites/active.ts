import { getBackend } from '@tensorflow/tfjs-core';
import { describe as describeBackend } from '@secateur/backend';
import { describe, expect, inject, test } from 'vitest';
import { adapterName } from '../gpu.ts';
import '../vitest-context.ts';
import type { Started } from '../start.ts';
import type { Target } from '../targets.ts';

const tfNames: Readonly<Record<string, string>> = { node: 'tensorflow', 'node-gpu': 'tensorflow' };

interface Page {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly userAgent?: string; readonly hardwareConcurrency?: number };
}

/** Tests that what runs is what the target says: a backend that cannot start is replaced by another without a word. */
export function activeSuite(target: Target, started: () => Started): void {
  const page = globalThis as Page;
  const cores = page.navigator?.hardwareConcurrency ?? 1;

  describe('what is active', () => {
    test('is the backend asked for', ({ task }) => {
      const { description, fused } = started();
      expect(description.name).toBe(target.backend);
      expect(describeBackend()).toEqual(description);
      expect(getBackend()).toBe(tfNames[target.backend] ?? target.backend);
      const adapter = adapterName();
      task.meta.active = {
        engine: page.navigator?.userAgent ?? 'Node',
        ...description.versions,
        ...description.features,
        ...(adapter !== undefined && { adapter }),
        fused: fused.length,
      };
    });

    test.runIf(target.engine === 'chromium')('is a page that is isolated, or not', () => {
      expect(page.crossOriginIsolated).toBe(target.isolated);
    });

    test.runIf(target.backend === 'wasm')('has the threads that it can have', () => {
      const { threads, simd } = started().description.features;
      expect(simd).toMatch(/^(plain|relaxed)$/);
      if (target.threads !== undefined) expect(threads).toBe(target.threads);
      else expect(threads).toBe(target.isolated === true ? Math.min(8, cores) : 1);
    });

    test.runIf(target.backend === 'webgpu')('is the WebGPU adapter that was expected', () => {
      const expected = inject('adapter');
      expect(adapterName()).toMatch(/^\w+\/\w+/);
      if (expected !== '') expect(adapterName()).toBe(expected);
    });

    test('brings the fused kernels that docs/backends.md says', () => {
      const column = target.backend === 'node-gpu' ? 'node' : target.backend;
      expect([...started().fused].sort()).toEqual([...inject('documented')[column]!].sort());
    });
  });
}
