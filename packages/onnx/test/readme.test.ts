import { testReadme } from '@secateur/testing';

testReadme(new URL('../README.md', import.meta.url));
