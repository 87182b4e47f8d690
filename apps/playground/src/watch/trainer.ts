import { batch } from '@preact/signals';
import { readAddress, writeAddress, type Settings } from '../settings.ts';
import type { Gesture } from '../tasks/gesture-task.ts';
import type { Format, News, Order } from '../training/messages.ts';
import { save } from '../save.ts';
import {
  classified,
  hasWebgpu,
  history,
  phase,
  report,
  runsOn,
  sample,
  settings,
  trouble,
} from './state.ts';

let worker: Worker | null = null;

const order = (what: Order): void => worker?.postMessage(what);

/** Makes a new, untrained network of the settings; what was trained is gone. */
export function reset(): void {
  worker?.terminate();
  batch(() => {
    phase.value = 'preparing';
    history.value = [];
    sample.value = null;
    classified.value = null;
    report.value = null;
    trouble.value = null;
  });
  worker = new Worker(new URL('../training/worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: { readonly data: News }) => batch(() => hear(data));
  worker.onerror = ({ message }) => {
    phase.value = 'failed';
    trouble.value = `The training stopped: ${message || 'its worker could not be started'}. Reload the page.`;
  };
  order({ kind: 'prepare', settings: settings.value });
}

export function run(): void {
  order({ kind: 'run' });
  phase.value = 'running';
}

export function pause(): void {
  order({ kind: 'pause' });
  phase.value = 'paused';
}

export function stepOnce(): void {
  order({ kind: 'step' });
  phase.value = 'paused';
}

/** Asks what the networks take a gesture for. */
export const classify = (gesture: Gesture): void => order({ kind: 'classify', gesture });

/** Asks for a file, which is saved when it comes. */
export const download = (format: Format): void => order({ kind: 'write', format });

function hear(news: News): void {
  if (news.kind === 'ready') {
    phase.value = 'ready';
    const { backend, threads } = news;
    const name = backend === 'wasm' ? 'WASM' : backend === 'webgpu' ? 'WebGPU' : backend;
    runsOn.value = `${name}${threads === null ? '' : threads === 1 ? ', 1 thread' : `, ${threads} threads`}`;
    history.value = [news.progress];
  } else if (news.kind === 'progress') {
    history.value = [...history.value, news.progress];
  } else if (news.kind === 'sample') sample.value = news;
  else if (news.kind === 'classified') classified.value = news.classified;
  else if (news.kind === 'finished') {
    phase.value = 'finished';
    report.value = news.report;
  } else if (news.kind === 'file') save(news.name, news.type, news.bytes);
  else {
    trouble.value = news.message;
    // A file or a gesture that failed leaves the training as it is.
    if (news.during !== 'write' && news.during !== 'classify') phase.value = 'failed';
  }
}

/** Takes over other settings, into the address too, and starts anew. */
export function change(some: Partial<Settings>): void {
  settings.value = { ...settings.value, ...some };
  const now = settings.value;
  void writeAddress(now).then((address) => {
    if (now !== settings.value) return;
    window.history.replaceState(null, '', `${location.pathname}${location.search}#${address}`);
  });
  reset();
}

/** Takes the settings from the address. */
export async function takeAddress(): Promise<void> {
  const { settings: found, ignored } = await readAddress(location.hash);
  settings.value = found;
  reset();
  if (ignored.length > 0) {
    trouble.value = `The address says ${ignored.join(', ')}, which this page does not know; the defaults are taken instead.`;
  }
}

/** Looks whether there is a GPU. */
export async function findGpu(): Promise<void> {
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<unknown> } };
  hasWebgpu.value = gpu !== undefined && (await gpu.requestAdapter().catch(() => null)) !== null;
}
