import type * as nodeWorkers from 'node:worker_threads';
import { nodeBuiltin } from '@secateur/backend/kernels';

/** What a worker needs to take part. */
export interface WorkerSetup {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory they work in, shared. */
  readonly memory: WebAssembly.Memory;
  /** Address of the control block of `assembly/pool.ts`. */
  readonly control: number;
  /** Address of the worker's own scratch space. */
  readonly scratch: number;
}

/** A running worker. */
export interface PoolWorker {
  /** Ends it; it must not be at work. */
  terminate(): void;
}

/** The whole program of a worker: it joins the pool, says so, and never returns. */
const program = `
  const start = ({ module, memory, control, scratch }, ready) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    exports.attach(control, scratch);
    ready();
    exports.serve();
  };
`;
const nodeProgram = `${program}
  const { parentPort, workerData } = require('node:worker_threads');
  start(workerData, () => parentPort.postMessage('ready'));
`;
const browserProgram = `${program}
  onmessage = ({ data }) => start(data, () => postMessage('ready'));
`;

/** Whether threads can share memory here: Node, or a page that is cross-origin isolated. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (nodeBuiltin('node:worker_threads') !== undefined) return true;
  const page = globalThis as { crossOriginIsolated?: boolean; Worker?: unknown };
  return page.crossOriginIsolated === true && page.Worker !== undefined;
}

/** Starts a worker and waits until it serves; rejects when it cannot start. */
export function startWorker(setup: WorkerSetup): Promise<PoolWorker> {
  const node = nodeBuiltin<typeof nodeWorkers>('node:worker_threads');
  return node === undefined ? startInBrowser(setup) : startInNode(node, setup);
}

function startInNode(node: typeof nodeWorkers, setup: WorkerSetup): Promise<PoolWorker> {
  return new Promise((resolve, reject) => {
    // Loaders that the main thread runs under are of no use to the worker and slow its start.
    const worker = new node.Worker(nodeProgram, { eval: true, workerData: setup, execArgv: [] });
    worker.once('error', reject);
    worker.once('message', () => {
      // The process may end while the worker waits for work.
      worker.unref();
      resolve({ terminate: () => void worker.terminate() });
    });
  });
}

function startInBrowser(setup: WorkerSetup): Promise<PoolWorker> {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(new Blob([browserProgram], { type: 'text/javascript' }));
    const worker = new Worker(url);
    const settle = (): void => {
      URL.revokeObjectURL(url);
    };
    worker.onerror = (event) => {
      settle();
      reject(new Error(event.message));
    };
    worker.onmessage = () => {
      settle();
      resolve({
        terminate: () => {
          worker.terminate();
        },
      });
    };
    worker.postMessage(setup);
  });
}
