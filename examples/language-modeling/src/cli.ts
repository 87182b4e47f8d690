import { runProgram } from '@secateur/app';
import { program } from './program.ts';

await runProgram(program);
