import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { targets, type Target } from '../src/targets.ts';
import { chromiumArguments, chromiumPath } from './chromium.ts';

/** Whether a target can run here. */
export interface Found {
  readonly available: boolean;
  /** What was found, or what is missing and what would bring it. */
  readonly reason: string;
  /** The WebGPU adapter that it will use, when it is known beforehand. */
  readonly adapter?: string;
}

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** The environment of what runs in Node: Chromium's software driver for Vulkan where nobody chose another. */
export function nodeEnvironment(): NodeJS.ProcessEnv {
  const chosen = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'];
  if (chosen !== undefined || !existsSync(softwareDriver)) return process.env;
  return { ...process.env, VK_DRIVER_FILES: softwareDriver };
}

/** Looks at every target, by name. */
export async function probeTargets(): Promise<Readonly<Record<string, Found>>> {
  const inNode = probeNode();
  const inChromium = await probeChromium();
  const stateOf = ({ backend, engine }: Target): Found => {
    if (engine === 'node') {
      return inNode[backend] ?? { available: false, reason: 'the probe in Node crashed' };
    }
    if (inChromium.available && backend === 'webgpu' && inChromium.adapter === undefined) {
      return { available: false, reason: `${inChromium.reason} has no WebGPU adapter` };
    }
    return inChromium;
  };
  return Object.fromEntries(targets.map((target) => [target.name, stateOf(target)]));
}

function probeNode(): Readonly<Record<string, Found>> {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'probe-node.ts')],
    { encoding: 'utf8', env: nodeEnvironment() },
  );
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Found>;
  } catch {
    console.error(`probe of Node: expected JSON, found ${stdout}${stderr}`);
    return {};
  }
}

async function probeChromium(): Promise<Found> {
  try {
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: [...chromiumArguments],
    });
    // WebGPU is for secure pages, which one of this machine is.
    const server = createServer((_, response) => response.end('<!doctype html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const adapter = await page.evaluate(async () => {
        interface Gpu {
          requestAdapter(): Promise<{ info: { vendor: string; architecture: string } } | null>;
        }
        const info = (await (navigator as { gpu?: Gpu }).gpu?.requestAdapter())?.info;
        return info === undefined ? '' : `${info.vendor}/${info.architecture}`;
      });
      const reason = `Chromium ${browser.version()}`;
      return { available: true, reason, ...(adapter !== '' && { adapter }) };
    } finally {
      server.close();
      await browser.close();
    }
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
