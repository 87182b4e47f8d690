/** Whether a terminal shows block characters, by what its environment says. */
export function showsUnicode(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env['TERM'] === 'dumb') return false;
  // The old console of Windows has a code page; the newer ones name themselves.
  if (platform === 'win32')
    return [env['WT_SESSION'], env['TERM_PROGRAM'], env['TERM']].some(Boolean);
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return platform === 'darwin' || /utf-?8/i.test(locale);
}
