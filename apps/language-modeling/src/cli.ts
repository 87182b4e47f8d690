import { runProgram } from '@secateur/app/command';
import { program } from './program.ts';

await runProgram(program);
