import { render } from 'preact';
import type { News, Order } from '../training/messages.ts';
import { readAddress } from '../settings.ts';
const worker = new Worker(new URL('../training/worker.ts', import.meta.url), { type: 'module' });
const log: unknown[] = [];
worker.onmessage = ({ data }: { data: News }) => {
  log.push(data);
  console.log(
    JSON.stringify(data, (k, v) =>
      ArrayBuffer.isView(v) ? `#${(v as Uint8Array).length}` : v,
    ).slice(0, 500),
  );
};
const say = (o: Order) => worker.postMessage(o);
const { settings } = await readAddress(location.hash);
say({ kind: 'prepare', settings });
say({ kind: 'run' });
Object.assign(window, { say });
render(<p>hi</p>, document.getElementById('app')!);
