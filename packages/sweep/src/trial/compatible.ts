import type { TrialSpec } from '../spec/trial-spec.ts';
import { version } from '../version.ts';

const own = '@secateur/sweep';

/** `0.1` of `0.1.3`, `2` of `2.0.1`: what may break others' files between versions. */
function seriesOf(text: string): string {
  const [major, minor] = text.split('.');
  return major === '0' ? `0.${String(minor)}` : String(major);
}

/** Why this version may not work on a trial that another one queued; undefined when it may. */
export function versionProblem({ id, versions }: TrialSpec): string | undefined {
  const queued = versions[own];
  if (queued === undefined || seriesOf(queued) === seriesOf(version)) return undefined;
  return `trial ${id}: expected ${own} ${seriesOf(queued)}, by which it was queued (${queued}), found ${version} here; npm install ${own}@${queued}, or queue it again with this one.`;
}
