import { nodeContender } from '../process/contender.ts';
import type { Suite } from '../suite.ts';
import { rowName, rows } from './answers.ts';
import { composed, measureSame, onnxContenders, ourContenders, STOCK } from './contenders.ts';
import { keptNetworks, kinds, largeNetworks } from './found.ts';
import { gruTable, tableTwo } from './stacked.ts';
import { answersTables, foundTables, gruTables, highwayTables, inferTables } from './tables.ts';

const STACKED = 'inference/stacked-job.ts';
const ONNX = 'inference/onnx-job.ts';
const ANSWERS = 'inference/answers-job.ts';

/** The paper's setting: what pruning buys its networks and those that were trained at its sizes, and against other runtimes. */
export const infer: Suite = {
  about: 'two stacked LSTMs over 30 steps, dense and pruned, in every runtime',
  run(options) {
    const networks = largeNetworks();
    const input = { networks: options.quick ? networks.slice(-1) : networks };
    const contenders = [
      ...ourContenders(STACKED, input, options),
      nodeContender(STOCK, { module: 'inference/layers-job.ts', input }),
      ...onnxContenders(ONNX, input, options),
    ];
    return measureSame('infer', contenders, options);
  },
  tables: inferTables,
};

/** What pruning buys the same sizes of GRUs; the paper gives no times for them. */
export const gru: Suite = {
  about: 'two stacked GRUs over 30 steps, dense and pruned, on our backends and as ONNX',
  run(options) {
    const input = { networks: options.quick ? gruTable.slice(-1) : gruTable };
    const contenders = [
      ...ourContenders(STACKED, input, options),
      ...onnxContenders(ONNX, input, options),
    ];
    return measureSame('gru', contenders, options);
  },
  tables: gruTables,
};

/** What pruning buys the networks that were really trained, those of the page on language modeling. */
export const found: Suite = {
  about: 'the networks that ISS found on the Penn Treebank, beside the dense one',
  run(options) {
    const networks = kinds.flatMap((kind) => keptNetworks(kind).slice(options.quick ? -1 : 0));
    return measureSame('found', ourContenders(STACKED, { networks }, options), options);
  },
  tables: foundTables,
};

/** What pruning buys a Recurrent Highway Network; the paper gives no times for it. */
export const highway: Suite = {
  about: 'a Recurrent Highway Network of depth 10 over 30 steps, dense and pruned',
  run(options) {
    const input = { networks: options.quick ? tableTwo.slice(2, 3) : tableTwo };
    const contenders = [
      ...ourContenders(STACKED, input, options),
      composed(STACKED, input),
      ...onnxContenders(ONNX, input, options),
    ];
    return measureSame('highway', contenders, options);
  },
  tables: highwayTables,
};

/** What pruning buys BiDAF: the eight networks of the paper's Tables 3 and 4. */
export const answers: Suite = {
  about: 'BiDAF answering one question, dense and with the eight prunings of the paper',
  run(options) {
    const input = { rows: (options.quick ? rows.slice(-1) : rows).map(rowName) };
    const contenders = [
      ...ourContenders(ANSWERS, input, options),
      composed(ANSWERS, input),
      ...onnxContenders('inference/answers-onnx-job.ts', input, options),
    ];
    return measureSame('answers', contenders, options);
  },
  tables: answersTables,
};
