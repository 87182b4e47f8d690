import { shown } from '@secateur/input';
import { SweepError } from '../error.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';

/**
 * The program and arguments of a trial: `{run}` becomes the run directory, `{NAME}` the value of a setting, which is `null` for null.
 *
 * @throws SweepError of code `spec` for a place that nothing fills.
 */
export function commandLine({ id, command, settings }: TrialSpec, directory: string): string[] {
  return command.map((part) =>
    part.replace(/\{([A-Za-z_][\w.-]*)\}/g, (_, name: string) => {
      if (name === 'run') return directory;
      if (Object.hasOwn(settings, name)) return String(settings[name]);
      throw new SweepError(
        `trial ${id}: expected a setting for {${name}} in the command, found only ${Object.keys(settings).join(', ') || 'none'}, in ${shown(part)}; add it to the settings, or correct the name.`,
        { code: 'spec' },
      );
    }),
  );
}
