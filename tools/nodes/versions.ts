import { ToolError } from '@secateur/testing/system';

/**
 * The Nodes that what is published must work on: the oldest that package.json's `engines` lets in, and the lines after
 * it. Each is a version that npm has as a binary.
 */
export const NODE_VERSIONS = ['20.19.0', '22.19.0', '24.21.0'] as const;

/** The versions of `known` that are meant by words such as `22` or `22.19.0`, in the order of `known`. */
export function chosenVersions(
  words: readonly string[],
  known: readonly string[] = NODE_VERSIONS,
): string[] {
  const meant = new Set(
    words.map((word) => {
      const match = known.find((version) => version === word || version.startsWith(`${word}.`));
      if (match !== undefined) return match;
      throw new ToolError(
        `nodes: expected one of ${known.join(', ')} or its major version, found "${word}"; name one of them, or add a version to tools/nodes/versions.ts.`,
      );
    }),
  );
  return known.filter((version) => meant.has(version));
}
