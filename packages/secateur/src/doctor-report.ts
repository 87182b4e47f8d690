import type * as Backend from '@secateur/backend';
import { CommandError } from './command-error.ts';
import type { FolderPackage } from './folder-packages.ts';
import { messageOf } from './message-of.ts';
import { version } from './version.ts';

/** Makes the report of `doctor` of `@secateur/backend`, with the drivers that the packages `drivers` register. It starts no backend. */
export async function doctorReport(
  backend: FolderPackage,
  drivers: readonly FolderPackage[],
): Promise<{ readonly report: Backend.DoctorReport; readonly text: string }> {
  const { doctor, formatDoctor } = await loadBackend(backend);
  const faults = new Map<string, string>();
  for (const driver of drivers) {
    // Imported as the folder sees it: a package manager may hide it from @secateur/backend.
    await driver.load().catch((error: unknown) => faults.set(driver.name, messageOf(error)));
  }
  const { backends, versions } = await doctor();
  const report: Backend.DoctorReport = {
    backends: backends.map((check) => {
      const fault = faults.get(check.module);
      if (check.available || fault === undefined) return check;
      return { ...check, reason: `${check.module} does not load: ${fault}` };
    }),
    versions: {
      secateur: version,
      ...Object.fromEntries([backend, ...drivers].map((one) => [one.name, one.version])),
      ...versions,
    },
  };
  return { report, text: formatDoctor(report) };
}

async function loadBackend(backend: FolderPackage): Promise<typeof Backend> {
  try {
    return (await backend.load()) as typeof Backend;
  } catch (error) {
    throw new CommandError(
      `expected ${backend.name} ${backend.version} to load, found: ${messageOf(error)}; install it again, or, in Secateur's own repository, run \`npm run build\`.`,
      { cause: error },
    );
  }
}
