/** Runs something that must throw and returns what it threw. */
export function thrownBy(body: () => unknown): Error & { code?: string } {
  try {
    body();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('thrownBy: expected an error, found none.');
}
