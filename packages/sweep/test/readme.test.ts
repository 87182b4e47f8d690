import { readFileSync } from 'node:fs';
import { testReadme } from '@secateur/testing';
import { expect, test } from 'vitest';

const readme = new URL('../README.md', import.meta.url);

testReadme(readme);

test('the README shows the loop that the tests run', () => {
  const loop = readFileSync(new URL('own-loop.ts', import.meta.url), 'utf8');
  expect(readFileSync(readme, 'utf8')).toContain(`\`\`\`typescript\n${loop}\`\`\``);
});
