// What a run of the kit found, as the tables of docs/results/webgpu.md.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Work } from '../../packages/backend-webgpu/test/work.ts';
import type { BenchFile } from '../bench/report/file.ts';
import { figures, skippedLines, type Table, toMarkdown } from '../bench/report/table.ts';
import { suites } from '../bench/suites.ts';
import { type KitRun, PARTS } from './parts.ts';

/** What the parts of the kit write, by their names; a part that was not reached or found nothing is missing. */
export interface Found {
  readonly kit: KitRun;
  readonly adapter?: {
    readonly date: string;
    readonly machine: {
      readonly processor: string;
      readonly cores: number;
      readonly system: string;
    };
    readonly adapter: Readonly<Record<'vendor' | 'architecture' | 'description' | 'class', string>>;
    readonly driver: string;
    readonly taken: Readonly<Record<string, number | string>>;
  };
  readonly conformance?: {
    readonly complete: boolean;
    readonly passed: number;
    readonly failed: number;
    readonly seconds: number;
    readonly failures: readonly { readonly test: string; readonly error: string }[];
  };
  readonly bench?: BenchFile;
  readonly sweep?: {
    readonly found: Readonly<
      Record<
        string,
        { readonly counts: Work; readonly ms: readonly ({ rounds: number[] } & object)[] }
      >
    >;
  };
  readonly preset?: {
    readonly complete: boolean;
    readonly seconds: number;
    readonly teacher: readonly Line[];
    readonly student: readonly Line[];
    readonly result?: Trained;
  };
}

/** A line of a training's metrics. */
interface Line {
  readonly kind?: string;
  readonly valid?: number;
}

/** What is compared of two trainings. */
export interface Trained {
  readonly pruned: {
    readonly sizes: readonly number[];
    readonly perplexity: { readonly valid: number; readonly test: number };
  };
  readonly trainingSeconds: number;
}

const names = ['kit', ...PARTS.map(({ name }) => name)];

/**
 * Copies what a run of the kit left into the folder of what is kept.
 *
 * @throws Error when there is no such run.
 */
export function keepKit(from: string, folder: string): void {
  if (!existsSync(join(from, 'kit.json'))) {
    throw new Error(
      `--kit: expected the folder OUT of a run of build/kit/run.sh, found no kit.json in ${from}; bring all files of it.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  for (const file of names.map((name) => `${name}.json`)) {
    if (existsSync(join(from, file))) copyFileSync(join(from, file), join(folder, file));
  }
}

/** Reads what is kept; undefined when nothing is. */
export function readKit(folder: string): Found | undefined {
  if (!existsSync(join(folder, 'kit.json'))) return undefined;
  const read = names
    .filter((name) => existsSync(join(folder, `${name}.json`)))
    .map((name) => [name, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))] as const);
  return Object.fromEntries(read) as unknown as Found;
}

/** The tables of a run; `onWasm` is what the quick preset trained on WASM. */
export function kitPage(found: Found, onWasm: Trained): string {
  const { bench } = found;
  return [
    head(found),
    ...(found.conformance ? [conformance(found.conformance)] : []),
    ...(bench ? Object.keys(bench.suites).flatMap((name) => suiteTables(bench, name)) : []),
    ...(found.sweep
      ? [toMarkdown(sweepTable(found.sweep)), toMarkdown(countsTable(found.sweep))]
      : []),
    ...(found.preset ? [toMarkdown(presetTable(found.preset, onWasm))] : []),
  ].join('\n\n');
}

function head({ kit, adapter }: Found): string {
  const parts = kit.parts
    .map(({ name, seconds, end }) => `${name} ${end} (${seconds} s)`)
    .join(', ');
  const run = `Kit ${kit.version}, ${kit.commit}, ${kit.began.slice(0, 10)}${kit.short ? ', the short run: its times say nothing' : ''}. Parts: ${parts}.`;
  if (adapter === undefined) return `No adapter was found. ${run}`;
  const { machine, adapter: of, driver, taken } = adapter;
  const software =
    taken['software'] === 'yes' ? ' It computes on the CPU: no GPU was there yet.' : '';
  return [
    `**${of.description}** (${of.vendor} ${of.architecture}, class ${of.class})${driver === '' ? '' : `; driver: ${driver}`}.${software}`,
    `${machine.processor}, ${machine.cores} cores, ${machine.system}. ${run}`,
  ].join('\n\n');
}

function conformance({
  complete,
  passed,
  failed,
  seconds,
  failures,
}: NonNullable<Found['conformance']>): string {
  const end = complete ? '' : '; its time was over before its end';
  return [
    `**Conformance**: ${passed} passed, ${failed} failed in ${seconds} s${end}.`,
    ...failures.map(({ test, error }) => `- ${test}: ${error.split('\n')[0]!}`),
  ].join('\n');
}

const suiteTables = ({ suites: measured }: BenchFile, name: string): string[] => {
  const result = measured[name]!;
  const tables = suites[name]!.tables(result).filter(({ title }) => title !== 'Goals');
  return [...tables.map(toMarkdown), ...skippedLines(result)];
};

type Sweep = NonNullable<Found['sweep']>;

/** The fastest round of each cut, and how many times faster than today's that is. */
function sweepTable({ found }: Sweep): Table {
  const models = Object.keys(found);
  const cuts = found[models[0]!]!.ms;
  const fastest = (model: string, k: number): number =>
    Math.min(...(found[model]!.ms[k]?.rounds ?? []));
  return {
    title: 'A training step by how the work is cut, ms',
    note: 'The fastest round of each, in brackets how many times faster than what is the default.',
    head: ['cut', ...models],
    rows: cuts.map(({ rounds: _, ...cut }, k) => [
      Object.entries(cut)
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(', ') || 'default',
      ...models.map((model) => {
        const ms = fastest(model, k);
        return Number.isFinite(ms) ? `${figures(ms)} (${figures(fastest(model, 0) / ms)})` : '-';
      }),
    ]),
  };
}

function countsTable({ found }: Sweep): Table {
  const rows = Object.entries(found);
  return {
    title: 'What a training step has the device do',
    head: ['model', ...Object.keys(rows[0]![1].counts)],
    rows: rows.map(([model, { counts }]) => [model, ...Object.values(counts).map(String)]),
  };
}

function presetTable(
  { complete, seconds, teacher, student, result }: NonNullable<Found['preset']>,
  onWasm: Trained,
): Table {
  const epochs = (lines: readonly Line[]): number =>
    lines.filter(({ kind }) => kind === 'epoch').length;
  const row = (name: string, of: Trained): string[] => [
    name,
    of.pruned.sizes.join(', '),
    of.pruned.perplexity.valid.toFixed(2),
    of.pruned.perplexity.test.toFixed(2),
    of.trainingSeconds.toFixed(0),
  ];
  const last =
    student.findLast(({ kind }) => kind === 'epoch') ??
    teacher.findLast(({ kind }) => kind === 'epoch');
  return {
    title: 'The quick preset',
    note: `On WebGPU it ${complete ? 'came to its end' : 'did not come to its end'} in ${seconds} s, epochs: ${epochs(teacher)} of the teacher, ${epochs(student)} of its own.`,
    head: ['backend', 'units kept', 'perplexity, validation', 'test', 'seconds'],
    rows: [
      result === undefined
        ? ['WebGPU', '-', last?.valid?.toFixed(2) ?? '-', '-', String(seconds)]
        : row('WebGPU', result),
      row('WASM, kept', onWasm),
    ],
  };
}
