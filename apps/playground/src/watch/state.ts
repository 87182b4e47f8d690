import { computed, signal } from '@preact/signals';
import type { PruneReport } from '@secateur/pruner';
import { defaults, type Settings } from '../settings.ts';
import type { Classified, Progress, Sample } from '../training/messages.ts';

/** How far a run is. */
export type Phase = 'preparing' | 'ready' | 'running' | 'paused' | 'finished' | 'failed';

/** What was chosen. */
export const settings = signal<Settings>(defaults);
export const phase = signal<Phase>('preparing');
/** All that the worker told of this run. */
export const history = signal<readonly Progress[]>([]);
export const sample = signal<{ readonly step: number; readonly sample: Sample } | null>(null);
export const classified = signal<Classified | null>(null);
export const report = signal<PruneReport | null>(null);
/** What went wrong, for a person. */
export const trouble = signal<string | null>(null);
/** Whether this browser has a GPU that pages may use. */
export const hasWebgpu = signal(false);

/** How the run stands; null before it is prepared. */
export const latest = computed(() => history.value.at(-1) ?? null);

/** What it runs on, for a person; empty before it runs. */
export const runsOn = signal('');
