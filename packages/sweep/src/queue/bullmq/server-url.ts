import { SweepError } from '../../error.ts';

/**
 * Checks the URL of a server and gives it without name, password and parameters, for messages.
 *
 * @throws {@link SweepError} of code `argument`, which does not quote the URL, as a password may be in it.
 */
export function serverWithoutPassword(url: string, schemes: readonly string[]): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !schemes.includes(parsed.protocol)) {
    throw new SweepError(
      `openQueue: expected a URL such as ${schemes[0]}//user:password@host, found ${parsed === undefined ? 'none' : `one with ${parsed.protocol}`}; escape characters such as @ in the password with %40.`,
      { code: 'argument' },
    );
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
