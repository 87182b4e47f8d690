// `npm run bench -- [gemm|lstm|optimizer] [rounds]`: medians on this machine, contenders in turn.
import { cpus } from 'node:os';
import { gemm } from './gemm.ts';
import { lstmStep } from './lstm.ts';
import { optimizerStep } from './optimizer.ts';

const suites = { gemm, lstm: lstmStep, optimizer: optimizerStep };
const [name, rounds = '9'] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(suites) : [name];
if (!chosen.every((suite) => suite in suites) || !(Number(rounds) >= 1)) {
  console.error(
    `bench: expected ${Object.keys(suites).join(' or ')} and a number of rounds, found "${name} ${rounds}".`,
  );
  process.exit(1);
}
console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`,
);
for (const suite of chosen as (keyof typeof suites)[]) {
  console.log(`\n${suite}, medians of ${rounds}`);
  await suites[suite](Number(rounds));
}
