import { InvalidArgumentError, Option } from 'commander';
import { basename, resolve } from 'node:path';
import { SweepError } from '../error.ts';
import { serveReport } from '../report/serve.ts';
import { writeSweepReport } from '../report/write.ts';
import { readTrials } from '../search/read-trials.ts';
import { sweepSpecs } from '../search/sweep-specs.ts';
import { openStoreAt, storeOption } from './options.ts';
import { storedSweep } from './stored-sweep.ts';
import type { Subcommand } from './subcommand.ts';

interface ReportFlags {
  readonly store: string;
  readonly output?: string;
  readonly serve?: number;
}

/** `secateur sweep report`. */
export const report: Subcommand = {
  summary: 'a page of a sweep: the trade-off, its trials, what they cost',
  configure(command) {
    command
      .description(
        "Writes a page of a sweep, which needs no network: the trade-off, every trial with its settings, figures and hours. Reports of the trials lie in a folder beside it. Or serves it, live, to this machine's browsers.",
      )
      .argument('<name>', 'name of the sweep')
      .addOption(storeOption().makeOptionMandatory())
      .option('-o, --output <file>', 'the page, such as page.html')
      .addOption(
        new Option('--serve <port>', 'serve it instead, at http://127.0.0.1:PORT')
          .argParser(port)
          .conflicts('output'),
      );
  },
  async run(command, surroundings) {
    const name = command.args[0]!;
    const { store: url, output, serve } = command.opts<ReportFlags>();
    const store = openStoreAt(url, surroundings);
    const sweep = await storedSweep(store, name);
    if (serve !== undefined) {
      const specs = () => sweepSpecs(store, sweep);
      const served = await serveReport({ name, store, specs, port: serve });
      surroundings.print(`${served.url}\n`);
      await new Promise((done) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
      });
      await served.close();
      return 0;
    }
    if (output === undefined) {
      throw new SweepError('expected --output or --serve, found neither; give one of them.', {
        code: 'argument',
      });
    }
    const trials = await readTrials(store, await sweepSpecs(store, sweep));
    const file = resolve(surroundings.folder, output);
    const beside = await writeSweepReport(file, name, store, trials);
    surroundings.print(`${output}, and reports of its trials in ${basename(beside)}\n`);
    return 0;
  },
};

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 0, for a free one, to 65535.');
}
