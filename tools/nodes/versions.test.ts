import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { chosenVersions, NODE_VERSIONS } from './versions.ts';

const known = ['20.19.0', '22.19.0', '24.21.0'];

test('a word chooses a version by its beginning, whatever the order', () => {
  expect(chosenVersions(['24', '20.19.0'], known)).toEqual(['20.19.0', '24.21.0']);
  expect(chosenVersions(['22.19', '22'], known)).toEqual(['22.19.0']);
});

test.each(['2', '23', '22.1', '', 'latest'])('"%s" chooses none', (word) => {
  expect(() => chosenVersions([word], known)).toThrow(
    `nodes: expected one of 20.19.0, 22.19.0, 24.21.0 or its major version, found "${word}"; name one of them, or add a version to tools/nodes/versions.ts.`,
  );
});

test('the oldest Node is the oldest that engines lets in', () => {
  expect(`>=${NODE_VERSIONS[0]}`).toBe(`${manifest.engines.node}.0`);
});
