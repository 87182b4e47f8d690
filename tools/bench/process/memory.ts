import { existsSync, readFileSync } from 'node:fs';

/** Resident size of this process now, in KiB. */
export function residentKib(): number {
  return Math.round(process.memoryUsage().rss / 1024);
}

/**
 * Largest resident size of this process so far, in KiB. On Linux the kernel's own mark is read: that of `getrusage`
 * starts at the size of the process that spawned this one.
 */
export function peakKib(): number {
  const file = '/proc/self/status';
  const mark = existsSync(file) ? /VmHWM:\s*(\d+)/.exec(readFileSync(file, 'utf8')) : null;
  return mark === null ? process.resourceUsage().maxRSS : Number(mark[1]);
}
