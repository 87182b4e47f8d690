import { testReadme } from '@secateur/testing';

testReadme(new URL('../docs/adding-a-cell.md', import.meta.url));
