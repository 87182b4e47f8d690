// Runs the parts, each in a process of its own that is stopped when its time is over. What they print goes to the terminal and
// to one log: who brings results back may be allowed few files.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, type Part, PARTS } from '../parts.ts';
import { out, writeResult } from './result.ts';

/** Which kit this is, put here when it is made. */
declare const KIT: { readonly version: string; readonly commit: string };

const [first] = PARTS as [Part];
const began = new Date().toISOString();
const parts: Ended[] = [];
const log = join(out, 'log.txt');
let short = process.env['KIT_SHORT'] === '1';

function say(text: string | Uint8Array): void {
  process.stdout.write(text);
  appendFileSync(log, text);
}

/** Runs a part and stops it, with all that it started, after so many seconds. */
function run({ name, about }: Part, seconds: number): Promise<Ended> {
  say(`\n== ${name}: ${about} (at most ${seconds} s)\n`);
  const started = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its children end with it.
    detached: true,
    env: { ...process.env, KIT_SHORT: short ? '1' : '0' },
  });
  child.stdout.on('data', say);
  child.stderr.on('data', say);
  const stop = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // It has ended by itself.
    }
  };
  // A part is in no group of this one, so nothing else would end it.
  const ended = (): never => {
    stop('SIGKILL');
    process.exit(130);
  };
  process.once('SIGTERM', ended).once('SIGINT', ended);
  let late = false;
  const warned = setTimeout(() => {
    late = true;
    stop('SIGTERM');
  }, 1000 * seconds);
  const killed = setTimeout(stop, 1000 * seconds + 3000, 'SIGKILL');
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(warned);
      clearTimeout(killed);
      process.off('SIGTERM', ended).off('SIGINT', ended);
      stop('SIGKILL');
      const took = Number(((performance.now() - started) / 1000).toFixed(1));
      const end = late ? 'out of time' : code === 0 ? 'done' : 'failed';
      say(`== ${name}: ${end} after ${took} s\n`);
      resolve({ name, seconds: took, end });
    });
  });
}

/** Whether the first part found only an adapter that computes on the CPU. */
function isSoftware(): boolean {
  const file = join(out, `${first.name}.json`);
  if (!existsSync(file)) return false;
  const adapter = JSON.parse(readFileSync(file, 'utf8')) as { taken: { software: string } };
  return adapter.taken.software === 'yes';
}

mkdirSync(out, { recursive: true });
writeFileSync(log, `kit ${KIT.version}, ${KIT.commit}, ${began}\n`);
let spare = 0;
for (const part of PARTS) {
  // The short run is for slow adapters, and is not what has few minutes.
  const planned = short ? 4 * part.seconds : part.seconds;
  const seconds = planned + (part === PARTS.at(-1) ? Math.floor(spare) : 0);
  const ended = await run(part, seconds);
  spare += Math.max(0, part.seconds - ended.seconds);
  parts.push(ended);
  if (part === first) short ||= isSoftware();
  writeResult('kit', { ...KIT, began, short, parts });
  if (part === first && ended.end !== 'done') {
    say('Without an adapter there is nothing to run. What is missing is said above.\n');
    break;
  }
}
process.exitCode = parts.every(({ end }) => end === 'done') ? 0 : 1;
