// A worker to be killed: node worker-process.ts QUEUE_OPTIONS STORE
import { openQueue, openStore, work, type OpenQueueOptions } from '../../src/index.ts';

const [options, store] = process.argv.slice(2) as [string, string];
await work({
  queue: await openQueue(JSON.parse(options) as OpenQueueOptions),
  store: openStore(store),
});
