import { nodeDriver } from '@secateur/backend-node';
import { describe, test } from 'vitest';

/**
 * Declares tests that need native TensorFlow. Where it is missing they are skipped with the reason, or fail with it when
 * `SECATEUR_REQUIRE_NODE=1` says that it should be there, as it does in CI.
 */
export async function describeNative(name: string, body: () => void): Promise<void> {
  const { available, reason, fix } = await nodeDriver.probe();
  if (available) {
    describe(name, body);
    return;
  }
  const why = `${reason}; ${fix ?? 'see doctor()'}`;
  if (process.env['SECATEUR_REQUIRE_NODE'] === '1') {
    test(name, () => {
      throw new Error(`describeNative: expected native TensorFlow, found: ${why}.`);
    });
  } else {
    describe.skip(`${name}, skipped: ${why}`, body);
  }
}
