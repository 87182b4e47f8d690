// secateur trial, as a cluster starts it: node secateur.ts trial --spec FILE#INDEX --store URL [--scratch FOLDER]
import { parseArgs } from 'node:util';
import { trial } from '../../src/commands/trial.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    spec: { type: 'string' },
    store: { type: 'string' },
    scratch: { type: 'string' },
  },
});
process.exitCode = await trial(
  {
    spec: values.spec!,
    store: values.store!,
    ...(values.scratch !== undefined && { scratch: values.scratch }),
  },
  {
    folder: process.cwd(),
    print: (text) => process.stdout.write(text),
    complain: (text) => process.stderr.write(text),
  },
);
