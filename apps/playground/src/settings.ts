import { defaultText } from './tasks/default-text.ts';
import { gestureKinds, gesturePoints, type Gesture } from './tasks/gesture-task.ts';

/** Everything that a run depends on; the same settings give the same run on WASM. */
export interface Settings {
  readonly cell: 'lstm' | 'gru' | 'rhn';
  readonly layers: number;
  readonly units: number;
  readonly task: 'characters' | 'words' | 'sine' | 'gestures';
  readonly backend: 'wasm' | 'webgpu';
  /** Percent of the multiply-adds that may be left, or null where lambda says how strong the penalty is. */
  readonly keep: number | null;
  readonly lambda: number;
  readonly steps: number;
  readonly seed: number;
  /** What characters are learned from. */
  readonly text: string;
  /** What a person drew. */
  readonly gestures: readonly Gesture[];
}

/** What a page without anything in its address trains. */
export const defaults: Settings = {
  ...{ cell: 'lstm', layers: 2, units: 40, task: 'characters', backend: 'wasm' },
  ...{ keep: 40, lambda: 5, steps: 1000, seed: 1, text: defaultText, gestures: [] },
};

/** What can be chosen. */
export const choices = {
  cell: ['lstm', 'gru', 'rhn'],
  layers: [1, 2, 3],
  units: [16, 24, 32, 40, 64, 96],
  task: ['characters', 'words', 'sine', 'gestures'],
  backend: ['wasm', 'webgpu'],
  steps: [500, 1000, 2000, 4000],
} as const;

/** The longest text that an address holds, in characters. */
export const longestText = 20_000;

/** Settings as the part of an address after `#`; what is as by default is left out. */
export async function writeAddress(settings: Settings): Promise<string> {
  const entries: [string, string][] = [];
  for (const key of ['cell', 'layers', 'units', 'task', 'backend', 'steps', 'seed'] as const) {
    if (settings[key] !== defaults[key]) entries.push([key, String(settings[key])]);
  }
  if (settings.keep === null) entries.push(['lambda', String(settings.lambda)]);
  else if (settings.keep !== defaults.keep) entries.push(['keep', String(settings.keep)]);
  if (settings.text !== defaults.text) entries.push(['text', await squeeze(settings.text)]);
  if (settings.gestures.length > 0) entries.push(['drawn', writeGestures(settings.gestures)]);
  return new URLSearchParams(entries).toString();
}

/**
 * Settings of an address; what it does not say, or says wrongly, is as by default, and `ignored` names it.
 */
export async function readAddress(
  address: string,
): Promise<{ readonly settings: Settings; readonly ignored: readonly string[] }> {
  const found = new URLSearchParams(address.replace(/^#/, ''));
  const ignored: string[] = [];
  const read = <T>(key: string, parse: (text: string) => T | undefined, otherwise: T): T => {
    const text = found.get(key);
    const value = text === null ? undefined : parse(text);
    if (text !== null && value === undefined) ignored.push(`${key}=${text.slice(0, 20)}`);
    return value ?? otherwise;
  };
  const oneOf =
    <T extends string | number>(list: readonly T[]) =>
    (text: string): T | undefined =>
      list.find((each) => String(each) === text);
  const between = (least: number, most: number) => (text: string) => {
    const value = Number(text);
    return text !== '' && value >= least && value <= most ? value : undefined;
  };
  const whole = (least: number, most: number) => (text: string) => {
    const value = between(least, most)(text);
    return value !== undefined && Number.isInteger(value) ? value : undefined;
  };
  const packed = found.get('text');
  const text = packed === null ? defaults.text : await unsqueeze(packed);
  if (text === undefined) ignored.push('text');
  const settings: Settings = {
    cell: read('cell', oneOf(choices.cell), defaults.cell),
    layers: read('layers', whole(1, 3), defaults.layers),
    units: read('units', whole(4, 128), defaults.units),
    task: read('task', oneOf(choices.task), defaults.task),
    backend: read('backend', oneOf(choices.backend), defaults.backend),
    keep: found.has('lambda') ? null : read('keep', whole(5, 100), defaults.keep),
    lambda: read('lambda', between(0, 100), defaults.lambda),
    steps: read('steps', whole(20, 10_000), defaults.steps),
    seed: read('seed', whole(0, 2 ** 31 - 1), defaults.seed),
    text: text ?? defaults.text,
    gestures: read('drawn', readGestures, defaults.gestures),
  };
  return { settings, ignored };
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A digit for the kind, then one for each coordinate: 64 places each way are finer than a hand. */
function writeGestures(gestures: readonly Gesture[]): string {
  return gestures
    .map(({ kind, points }) => [gestureKinds.indexOf(kind), ...points.map((each) => 63 * each)])
    .map((numbers) => numbers.map((each) => digits[Math.round(each)]).join(''))
    .join('');
}

function readGestures(text: string): readonly Gesture[] | undefined {
  const length = 1 + 2 * gesturePoints;
  if (text.length % length !== 0 || !/^[\w-]*$/.test(text)) return undefined;
  const gestures = Array.from({ length: text.length / length }, (_, i) => {
    const [kind, ...points] = [...text.slice(i * length, (i + 1) * length)].map((each) =>
      digits.indexOf(each),
    );
    return { kind: gestureKinds[kind!]!, points: points.map((each) => each / 63) };
  });
  return gestures.every(({ kind }) => gestureKinds.includes(kind)) ? gestures : undefined;
}

/** A gesture as an address gives it back. */
export const inAddress = (gesture: Gesture): Gesture => ({
  ...gesture,
  points: gesture.points.map((each) => Math.round(63 * Math.min(1, Math.max(0, each))) / 63),
});

const through = async (
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());

async function squeeze(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function unsqueeze(packed: string): Promise<string | undefined> {
  try {
    const plain = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(plain, (each) => each.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      await through(bytes, new DecompressionStream('deflate-raw')),
    );
    return text.length <= longestText ? text : undefined;
  } catch {
    return undefined;
  }
}
