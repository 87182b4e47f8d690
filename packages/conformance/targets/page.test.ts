// apps/playground as the site serves it: Vite's build over the packages' own, in headless Chromium.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { countMacs } from '@secateur/groups';
import { decodeOnnx, encodeOnnx, onnxLayout, onnxMetadata, zeroStates } from '@secateur/onnx';
import { loadLayersModel } from '@secateur/pruner/node';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { useBackend } from '@secateur/backend';
import axe from 'axe-core';
import * as ort from 'onnxruntime-node';
import { chromium, type Browser, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serve, type Served } from '../page/serve.ts';
import { chromiumArguments, chromiumPath } from '../runner/chromium.ts';

const root = join(import.meta.dirname, '../../../apps/playground');
const dist = join(root, 'dist');
const shots = join(import.meta.dirname, '../runs');

let browser: Browser;
let page: Page;
let served: Served;
const folder = temporaryFolder();
/** What the page printed as an error or threw. */
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  process.env['SECATEUR_BUILT'] ??= '1';
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'silent' });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArguments] });
  await useBackend('cpu');
});
afterAll(async () => {
  removeFolder(folder);
  await browser.close();
});
const close = async (): Promise<void> => {
  await page.close();
  await served.close();
};
afterEach(async () => {
  await close();
  expect(complaints.splice(0)).toEqual([]);
});

/** Serves the pages and opens one; a phone is 390 points wide. */
async function open(
  path: string,
  options: { headers?: Readonly<Record<string, string>>; width?: number } = {},
): Promise<void> {
  const { headers = {}, width = 1280 } = options;
  served = await serve(dist, headers);
  page = await browser.newPage({ viewport: { width, height: 844 } });
  page.setDefaultTimeout(Number(process.env['PT'] ?? 0));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(served.url + path);
}

/** Starts the training by the keyboard, waits for its end, and gives the tasks of the page that took longer than 50 ms. */
async function train(): Promise<number[]> {
  const start = page.getByRole('button', { name: 'Start' });
  await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('.play')!.disabled);
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(window, { long });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) long.push(duration);
    }).observe({ entryTypes: ['longtask'] });
  });
  await start.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.finish');
  return page.evaluate(() => (window as unknown as { long: number[] }).long);
}

/** Presses a button that saves a file, and gives its path. */
async function saved(name: string | RegExp): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  const path = join(folder, `${readdirSync(folder).length}-${download.suggestedFilename()}`);
  await download.saveAs(path);
  return path;
}

/** An event of a trace of Chromium; `tdur` are microseconds of processor time. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

interface Check {
  readonly shape: number[];
  readonly x: number[];
  readonly outputs: number[];
}

/** What the page says that the network gives. */
const check = async (): Promise<Check> =>
  JSON.parse(readFileSync(await saved(/check\.json/), 'utf8')) as Check;

async function runOnnx(path: string, { x, shape }: Check): Promise<number[]> {
  const session = await ort.InferenceSession.create(path);
  const states = Object.entries(zeroStates(decodeOnnx(readFileSync(path)), shape[0]!)).map(
    ([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)] as const,
  );
  const ids = new ort.Tensor('int32', Int32Array.from(x), shape);
  const { y } = await session.run({ ids, ...Object.fromEntries(states) });
  return [...(y!.data as Float32Array)];
}

const costOf = (path: string): number =>
  countMacs(onnxLayout(decodeOnnx(readFileSync(path)), { states: 'resize' }));

const apart = (one: readonly number[], other: readonly number[]): number => {
  expect(one).toHaveLength(other.length);
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]!)));
};

/** What axe finds serious or worse. */
async function serious(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await checker.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

/** How far the page is wider than the window. */
const overhang = (): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

const small = '#units=16&steps=120&keep=50';
/** An adapter in software takes a second for a step. */
const smaller = '#units=16&layers=1&steps=20&keep=50&backend=webgpu';
// 27 characters, an embedding of 16, four gates of 16 units.
const answer = 16 * 27;
const layer = 4 * 16 * 32;

describe('Watch it slim', () => {
  let onnx: string;
  const numbers: Check[] = [];

  test.each([
    ['wasm', small, 2 * layer + answer, /WASM, 1 thread$/],
    ['webgpu', smaller, layer + answer, /WebGPU$/],
  ] as const)(
    'meets its budget on %s, and its files compute the same',
    async (backend, address, whole, said) => {
      await open(`index.html${address}`);
      await train();
      await page.screenshot({ path: join(shots, `page-${backend}.png`), fullPage: true });
      expect(await page.textContent('.count')).toMatch(said);
      expect(Number(await page.textContent('#difference'))).toBeLessThan(1e-5);

      const found = await check();
      const file = await saved(/ONNX/);
      if (backend === 'wasm') onnx = file;
      const cost = costOf(file);
      expect(cost).toBeLessThanOrEqual(whole / 2);
      expect(cost).toBeGreaterThan(whole / 4);
      expect(apart(await runOnnx(file, found), found.outputs)).toBeLessThan(1e-4);

      const unpacked = join(folder, backend);
      execFileSync('python3', ['-m', 'zipfile', '-e', await saved(/LayersModel/), unpacked]);
      const model = await loadLayersModel(unpacked);
      const logits = model.predict(tensor(found.x, found.shape, 'int32')) as Tensor;
      expect(apart([...logits.dataSync()], found.outputs)).toBeLessThan(1e-4);
      if (backend === 'wasm') numbers.push(found);
    },
  );
  test('gets the same numbers from the same link', async () => {
    await open(`index.html${small}`);
    await train();
    numbers.push(await check());
    expect(numbers[1]).toEqual(numbers[0]);
  });
  test('leaves the page free: no task over 50 ms while it trains', async () => {
    await open(`index.html${small}`);
    await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>('.play')!.disabled);
    const trace = join(folder, 'trace.json');
    await browser.startTracing(page, {
      path: trace,
      categories: ['disabled-by-default-devtools.timeline'],
    });
    const long = await train();
    await browser.stopTracing();
    console.log(
      `tasks over 50 ms by the clock, which other programs make longer: ${long.join(', ') || 'none'}`,
    );
    // By the time that the page's own thread had the processor.
    const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8')) as {
      traceEvents: TraceEvent[];
    };
    const threads = traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`);
    const tasks = traceEvents.filter(
      ({ name, pid, tid }) => name === 'RunTask' && threads.includes(`${pid}/${tid}`),
    );
    expect(tasks.length).toBeGreaterThan(100);
    expect(tasks.map(({ tdur = 0 }) => tdur / 1000).filter((time) => time > 50)).toEqual([]);
  });
  test('is for everybody', async () => {
    await open(`index.html${small}`);
    await train();
    expect(await serious()).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.click('summary');
    expect(await serious()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await overhang()).toBe(0);
  });
  test('says what an address gets wrong, and that a text is too short', async () => {
    await open('index.html#cell=cnn', { width: 390 });
    await page.waitForSelector('.trouble');
    expect(await page.textContent('.trouble')).toContain('cell=cnn');
    await page.fill('textarea', 'Short.');
    expect(await page.textContent('.bad')).toBe('At least 250 characters, now 6.');
    await page.fill('textarea', 'A text of one’s own. '.repeat(20));
    await page.getByRole('button', { name: 'Learn this text' }).click();
    await page.waitForFunction(() => location.hash.includes('text='));
  });

  describe('Prune your file', () => {
    /** Gives files to the page, which must ask for nothing from then on. */
    async function give(...paths: string[]): Promise<string[]> {
      await page.waitForLoadState('networkidle');
      const requests: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith('blob:')) requests.push(request.url());
      });
      await page.setInputFiles('input[type=file]', paths);
      await page.waitForSelector('#inside');
      return requests;
    }

    test('makes an ONNX file smaller', async () => {
      // As of another program: without our layout in it.
      const model = decodeOnnx(readFileSync(onnx));
      expect(onnxMetadata(model).layout).toBeDefined();
      model.metadataProps = [];
      const foreign = join(folder, 'foreign.onnx');
      writeFileSync(foreign, encodeOnnx(model));
      await open('prune.html');
      const requests = await give(foreign);
      await page.fill('input[type=range]', '70');
      const smaller = await saved(/Save the smaller file/);
      const before = costOf(foreign);
      expect(costOf(smaller)).toBeLessThanOrEqual(0.7 * before);
      const { shape, x } = numbers[0]!;
      expect(await runOnnx(smaller, { x, shape, outputs: [] })).toHaveLength(
        numbers[0]!.outputs.length,
      );
      expect(requests).toEqual([]);
    });
    test('makes a model.json smaller, and keeps it when the next file is none', async () => {
      const files = readdirSync(join(folder, 'wasm')).map((name) => join(folder, 'wasm', name));
      await open('prune.html');
      const requests = await give(...files);
      await page.fill('input[type=range]', '70');
      const unpacked = join(folder, 'smaller');
      execFileSync('python3', ['-m', 'zipfile', '-e', await saved(/Save the smaller/), unpacked]);
      const [model, original] = [
        await loadLayersModel(unpacked),
        await loadLayersModel(join(folder, 'wasm')),
      ];
      expect(model.countParams()).toBeLessThan(original.countParams());
      expect(await serious()).toEqual([]);

      const wrong = join(folder, 'broken.onnx');
      writeFileSync(wrong, 'no file of this kind');
      await page.setInputFiles('input[type=file]', wrong);
      await page.waitForSelector('.trouble');
      expect(await page.textContent('.trouble')).toMatch(
        /^broken\.onnx could not be read\. .*model\.json is still here\.$/,
      );
      expect(await page.textContent('#inside')).toContain('model.json');
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await overhang()).toBe(0);
      expect(requests).toEqual([]);
    });
    test('is under 150 kB, and has no TensorFlow.js', async () => {
      await open('prune.html');
      await page.waitForLoadState('networkidle');
      const urls = await page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => name),
      );
      const files = ['prune.html', ...urls.map((url) => url.slice(served.url.length))].map((name) =>
        readFileSync(join(dist, name)),
      );
      const size = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
      console.log(`prune.html with all that it loads: ${(size / 1000).toFixed(1)} kB gzipped`);
      expect(size).toBeLessThan(150_000);
      expect(
        files.some((file) => file.includes('tfjs_backend') || file.includes('WebGLBackend')),
      ).toBe(false);
    });
  });
});

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const withBlobs = `${strict}; worker-src 'self' blob:; connect-src 'self' blob:`;

describe('threads of the page on wasm', () => {
  const threads = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    await open('index.html#steps=20&units=16', { headers });
    await train();
    return (await page.textContent('.count'))!;
  };
  test.each([
    ['one for each core with isolation', isolation],
    [
      'the same under a content policy that allows blobs',
      { ...isolation, 'Content-Security-Policy': withBlobs },
    ],
  ])('%s', async (_, headers) => {
    const said = await threads(headers);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    expect(said).toMatch(new RegExp(`WASM, ${Math.min(8, cores)} thread`));
  });
  test('one, and nothing fails, under a content policy that forbids blobs', async () => {
    expect(await threads({ ...isolation, 'Content-Security-Policy': strict })).toMatch(
      /WASM, 1 thread$/,
    );
    // The browser says what it forbade: the object URL of the shared binary, and nothing else.
    expect(complaints.splice(0).every((text) => text.includes('blob:'))).toBe(true);
  });
});
