/** A part of the kit: a program of its own, which writes `<name>.json`. */
export interface Part {
  readonly name: string;
  /** What it answers. */
  readonly about: string;
  /** Seconds that it may take; the last part also has what those before it left. */
  readonly seconds: number;
}

/** The parts in the order of their worth. */
export const PARTS: readonly Part[] = [
  { name: 'adapter', about: 'what adapter, driver and limits there are', seconds: 25 },
  { name: 'conformance', about: 'whether the kernels compute what they should', seconds: 110 },
  { name: 'bench', about: 'how fast training and inference are beside others', seconds: 165 },
  { name: 'sweep', about: 'which sizes of workgroups are the fastest', seconds: 50 },
  { name: 'preset', about: 'what the quick preset trains', seconds: 125 },
];

/** Seconds of all parts together. */
export const SECONDS: number = PARTS.reduce((sum, { seconds }) => sum + seconds, 0);

/** How a part ended. */
export interface Ended {
  readonly name: string;
  readonly seconds: number;
  readonly end: 'done' | 'failed' | 'out of time';
}

/** What `kit.json` holds: which kit ran when, and how its parts ended. */
export interface KitRun {
  readonly version: string;
  readonly commit: string;
  readonly began: string;
  readonly short: boolean;
  readonly parts: readonly Ended[];
}
