// The training, away from the page, which stays free for whoever looks at it.
import { taskOf } from '../tasks/task-of.ts';
import { startBackend } from './backend.ts';
import type { News, Order } from './messages.ts';
import { classify, sampleOf } from './samples.ts';
import { finish, progressOf, startSession, trainStep, type Session } from './session.ts';

/** Steps from one sample to the next, at least: writing a text takes as long as some steps of training. */
const betweenSamples = 100;

const scope = globalThis as unknown as {
  postMessage(news: News, transfer?: Transferable[]): void;
  onmessage: ((event: { readonly data: Order }) => void) | null;
};

let session: Session | null = null;
let running = false;
let finished = false;

const say = (news: News, transfer: Transferable[] = []): void => scope.postMessage(news, transfer);

/** Lets messages in: promises alone would keep them out. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function prepare(settings: Session['settings']): Promise<void> {
  const { name, features } = await startBackend(settings.backend);
  session = startSession(settings, taskOf(settings));
  const { threads = null } = features;
  say({
    kind: 'ready',
    backend: name,
    threads: threads === null ? null : Number(threads),
    progress: await progressOf(session),
  });
}

/** One step with what the page hears of it. */
async function advance(now: Session, always = false): Promise<void> {
  const { steps } = now.settings;
  await trainStep(now);
  const each = Math.max(1, Math.round(steps / 160));
  if (always || now.step % each === 0 || now.step === steps) {
    say({ kind: 'progress', progress: await progressOf(now) });
  }
  if (now.step % Math.max(betweenSamples, Math.ceil(steps / 10)) === 0 || now.step === steps) {
    say({ kind: 'sample', step: now.step, sample: await sampleOf(now) });
  }
  if (now.step === steps) await end(now);
}

async function end(now: Session): Promise<void> {
  running = false;
  finished = true;
  const report = await finish(now);
  say({ kind: 'progress', progress: await progressOf(now) });
  say({ kind: 'finished', report });
}

async function obey(order: Order): Promise<void> {
  if (order.kind === 'prepare') return prepare(order.settings);
  const now = session;
  if (now === null) throw new Error('The worker: expected to be prepared first; reload the page.');
  if (order.kind === 'run') running = !finished;
  else if (order.kind === 'pause') running = false;
  else if (order.kind === 'step') {
    if (!running && !finished) await advance(now, true);
  } else if (order.kind === 'classify') {
    say({ kind: 'classified', classified: await classify(now, order.gesture) });
  } else {
    const { fileOf } = await import('./files.ts');
    const file = await fileOf(now, order.format);
    say({ kind: 'file', ...file }, [file.bytes.buffer]);
  }
}

const waiting: Order[] = [];
let awake = (): void => undefined;

scope.onmessage = ({ data: order }) => {
  waiting.push(order);
  awake();
};

/** Does what the page asks, in its order, and trains in between. */
async function serve(): Promise<never> {
  let since = performance.now();
  for (;;) {
    const order = waiting.shift();
    try {
      if (order !== undefined) await obey(order);
      else if (running) await advance(session!);
      else await new Promise<void>((resolve) => (awake = resolve));
    } catch (error) {
      running = false;
      const message = error instanceof Error ? error.message : String(error);
      say({ kind: 'failed', message, during: order?.kind ?? 'run' });
    }
    if (performance.now() - since < 16) continue;
    await breathe();
    since = performance.now();
  }
}

void serve();
