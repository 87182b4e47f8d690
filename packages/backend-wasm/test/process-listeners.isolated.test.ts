import { fileURLToPath } from 'node:url';
import { removeBackend } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';
import { runCli } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { wasm } from './simd/builds.ts';
import { withoutRethrowing } from '../src/process-listeners.ts';

const program = fileURLToPath(new URL('programs/uncaught.ts', import.meta.url));

describe('a program that uses the backend', () => {
  test.each(['thrown', 'rejected'])('ends by its own error when it is %s', async (kind) => {
    const { code, stderr } = await runCli(program, [kind]);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: the fault of the program');
    expect(stderr).toContain('uncaught.ts');
    expect(stderr).not.toContain('tfjs-backend-wasm');
    expect(stderr.length).toBeLessThan(2000);
  });

  test('keeps its own listener of uncaught errors', async () => {
    expect(await runCli(program, ['own listener'])).toEqual({
      code: 0,
      stdout: 'own listener: the fault of the program\n',
      stderr: '',
    });
  });
});

describe('withoutRethrowing', () => {
  test('leaves listeners that were there, and those that do something', async () => {
    const events = ['uncaughtException', 'unhandledRejection'] as const;
    const target: NodeJS.EventEmitter = process;
    const before = events.map((event) => target.listeners(event));
    const early = (error: unknown): void => {
      throw error;
    };
    const seen: unknown[] = [];
    const late = (error: unknown): void => {
      seen.push(error);
      throw error;
    };
    for (const event of events) process.on(event, early);
    await withoutRethrowing(() => {
      for (const event of events) {
        process.on(event, late);
        process.on(event, (error: unknown) => {
          throw error;
        });
      }
      return Promise.resolve();
    });
    events.forEach((event, i) => {
      expect(target.listeners(event)).toEqual([...before[i]!, early, late]);
      process.off(event, early).off(event, late);
    });
  });
});

describe('a backend that is disposed of', () => {
  test('leaves the listeners that the program had before it', async () => {
    const own = (): void => undefined;
    process.on('uncaughtException', own);
    process.once('unhandledRejection', own);
    await useBackend('wasm');
    expect(wasm().wasm).not.toBeNull();
    removeBackend('wasm');
    expect(process.listeners('uncaughtException')).toContain(own);
    expect(process.listeners('unhandledRejection')).toContain(own);
    process.off('uncaughtException', own).off('unhandledRejection', own);
    expect(process.listeners('unhandledRejection')).not.toContain(own);
  });
});
