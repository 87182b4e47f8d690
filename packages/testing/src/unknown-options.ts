import { expect, test } from 'vitest';

/**
 * Tests that calls which pass an option `other` are refused by an error of this class, which names the function; `calls` are by
 * the names that open their messages.
 */
export function testUnknownOptions(
  error: new (...args: never[]) => Error,
  calls: Readonly<Record<string, () => unknown>>,
): void {
  test.each(Object.entries(calls))(
    '%s refuses an option that it does not know',
    async (name, call) => {
      const thrown: unknown = await Promise.resolve()
        .then(call)
        .catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(error);
      expect((thrown as Error).message).toMatch(
        new RegExp(
          `^${name}: expected options among .+, found "other"; correct it or leave it out\\.$`,
        ),
      );
    },
  );
}
