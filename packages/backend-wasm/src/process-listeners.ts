import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { nodeProcess } from '@secateur/backend/kernels';

type Listener = (...values: never[]) => void;

interface Listening {
  rawListeners(event: string): Listener[];
  on(event: string, listener: Listener): void;
  off(event: string, listener: Listener): void;
}

const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs `start`, and takes away the listeners of uncaught errors that TensorFlow.js's module adds to Node's process
 * meanwhile. They throw what they are given once more, so that Node ends with code 7 and prints the line that throws,
 * 40 KB of minified module, instead of the program's error.
 */
export async function withoutRethrowing<T>(start: () => Promise<T>): Promise<T> {
  const target = listening();
  if (target === undefined) return start();
  const before = events.map((event) => new Set(target.rawListeners(event)));
  try {
    return await start();
  } finally {
    events.forEach((event, i) => {
      for (const listener of target.rawListeners(event)) {
        if (!before[i]!.has(listener) && onlyRethrows(listener)) target.off(event, listener);
      }
    });
  }
}

/** Has a backend leave the process's listeners when it is disposed of; its module would take away all it found at its start. */
export function keepListeners(backend: BackendWasm): void {
  const target = listening();
  if (target === undefined || Object.hasOwn(backend, 'dispose')) return;
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    const before = events.map((event) => target.rawListeners(event));
    dispose();
    events.forEach((event, i) => {
      const left = new Set(target.rawListeners(event));
      for (const listener of before[i]!) if (!left.has(listener)) target.on(event, listener);
    });
  };
}

function listening(): Listening | undefined {
  return nodeProcess() as unknown as Listening | undefined;
}

/**
 * Whether a function does nothing but throw its argument, as the module's two do, also in a minified bundle. The program
 * may add listeners of its own while the backend starts; those do something.
 */
function onlyRethrows(listener: Listener): boolean {
  const source = String(listener).replace(/\s/g, '');
  return /^(function[\w$]*\([\w$]+\)|\(?[\w$]+\)?=>)\{(if\(!\([\w$]+instanceof[\w$.]+\)\))?\{?throw[\w$]+;?\}+$/.test(
    source,
  );
}
