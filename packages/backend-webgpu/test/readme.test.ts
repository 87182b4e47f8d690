import { testReadme } from '@secateur/testing';
import { describe } from 'vitest';
import { whyMissing } from './describe-webgpu.ts';

const missing = await whyMissing();

describe.skipIf(missing !== undefined)(
  `examples${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    testReadme(new URL('../README.md', import.meta.url));
  },
);
