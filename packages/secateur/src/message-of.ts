/** The first line of anything that was thrown: Node lists after it which files asked for a module. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
