import { testReadme } from '@whittle/testing';

testReadme(new URL('../README.md', import.meta.url));
