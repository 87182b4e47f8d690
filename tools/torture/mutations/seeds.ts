import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatLayout, layoutToJson } from '@secateur/groups';
import { encodeSafetensors, type SafetensorsInput } from '@secateur/safetensors';
import { runProgram } from '@secateur/app/command';
import { runHere, stackedLstmLayout } from '@secateur/testing';
import { removeFolder } from '@secateur/testing/temporary';
import {
  boxQuestions,
  tiny as tinyQuestions,
} from '../../../apps/question-answering/test/support/questions.ts';
import { winkFile } from '../../../apps/question-answering/test/support/vectors.ts';
import { smallText, tiny, tinyRhn } from '../../../apps/language-modeling/test/support/text.ts';
import { readKept } from './formats/data.ts';
import { root } from '../../root.ts';

const fixtures = join(root, 'packages/pruner/test/fixtures');

type Example = 'language-modeling' | 'question-answering';

/** Runs a command of an example, in this process. */
async function command(example: Example, args: readonly string[]): Promise<void> {
  const folder = join(root, 'apps', example, 'src');
  const { program } =
    example === 'language-modeling'
      ? await import('../../../apps/language-modeling/src/program.ts')
      : await import('../../../apps/question-answering/src/program.ts');
  const { code, stderr } = await runHere(() => runProgram(program), join(folder, 'cli.ts'), args);
  if (code !== 0) throw new Error(`seeds: expected ${example} to train, found: ${stderr}`);
}

/** A small run of the language model, with its model and its checkpoints. */
async function languageModel(folder: string, settings: readonly string[]): Promise<void> {
  const data = smallText();
  const run = ['--run', join(folder, 'run'), '--checkpoint-every', '20', '--silent'];
  await command('language-modeling', ['train', '--data', data, ...run, ...settings]);
  removeFolder(data);
  cpSync(join(folder, 'run/model'), join(folder, 'model'), { recursive: true });
  cpSync(join(folder, 'run/model/tfjs'), join(folder, 'tfjs'), { recursive: true });
}

const layout = stackedLstmLayout({ vocab: 20, embed: 4, hidden: [6, 5] });

const weights: Record<string, SafetensorsInput> = {
  a: { shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i / 8) },
  b: { shape: [5], data: Int32Array.from([1, -2, 3, -4, 5]) },
  'c/ü': { shape: [0, 2], data: new Float32Array(0) },
  d: { shape: [], data: Float32Array.of(-0) },
};

const glove =
  ['the 0.1 -0.25 3e-2', 'a b 1 2 3', 'naïve -1 0 1.5', ', 0.5 0.5 0.5'].join('\n') + '\n';

const groups = {
  groups: [
    [
      { var_name: 'lstm1/kernel', multi: 1, axis: 0, start: 0, end: 6 },
      { var_name: 'lstm2/kernel', multi: 4, axis: 1, start: 0, end: 6 },
    ],
    [{ var_name: 'softmax', axis: 1, start: 2, end: 7 }],
  ],
};

interface Recorded {
  readonly weights: Readonly<Record<string, { shape: number[]; data: number[] }>>;
}

/** A state dict of PyTorch's `nn.LSTM`, two layers in both directions. */
function torch(): Uint8Array {
  const { weights } = JSON.parse(
    readFileSync(join(fixtures, 'torch-lstm.json'), 'utf8'),
  ) as Recorded;
  const tensors = Object.entries(weights).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]);
  return encodeSafetensors(Object.fromEntries(tensors) as Record<string, SafetensorsInput>, {
    format: 'pt',
  });
}

/** Writes whole files of every format into a folder each, by the name of the format. */
export async function writeSeeds(folder: string): Promise<void> {
  const of = (name: string): string => {
    const subfolder = join(folder, name);
    mkdirSync(subfolder, { recursive: true });
    return subfolder;
  };
  writeFileSync(
    join(of('safetensors'), 'weights.safetensors'),
    encodeSafetensors(weights, { note: 'ü' }),
  );
  writeFileSync(join(of('safetensors of PyTorch'), 'torch.safetensors'), torch());
  writeFileSync(join(of('layout as text'), 'layout.txt'), formatLayout(layout));
  writeFileSync(
    join(of('layout as JSON'), 'layout.json'),
    JSON.stringify(layoutToJson(layout), null, 2),
  );
  writeFileSync(join(of('ISS group file'), 'groups.json'), JSON.stringify(groups));
  writeFileSync(join(of('GloVe'), 'glove.txt'), glove);
  writeFileSync(join(of('GloVe, gzipped'), 'glove.txt.gz'), gzipSync(glove));
  const vectors = { the: [0.1, -0.25, 3e-2], 'a "b"': [1, 2, 3], naïve: [-1, 0, 1.5] };
  writeFileSync(join(of('vectors as JSON'), 'vectors.json'), winkFile(vectors));
  writeFileSync(join(of('vectors that are kept'), 'glove.txt'), glove);
  await readKept(of('vectors that are kept'));
  const text = smallText();
  for (const part of ['train.txt', 'valid.txt']) cpSync(join(text, part), join(of('text'), part));
  writeFileSync(join(of('text'), 'test.txt.gz'), gzipSync(readFileSync(join(text, 'test.txt'))));
  const questions = boxQuestions();
  cpSync(join(questions, 'train.json'), join(of('SQuAD'), 'train.json'));
  writeFileSync(
    join(of('SQuAD'), 'dev.json.gz'),
    gzipSync(readFileSync(join(questions, 'dev.json'))),
  );
  for (const name of ['sequential-h5', 'functional-keras']) {
    cpSync(join(fixtures, 'keras3', name), join(of(`Keras 3 model, ${name}`), name), {
      recursive: true,
    });
  }

  const lstm = of('language model, LSTM');
  await languageModel(lstm, tiny);
  await languageModel(of('language model, RHN'), tinyRhn);
  cpSync(join(lstm, 'model'), join(of('model directory'), 'model'), { recursive: true });
  cpSync(join(lstm, 'tfjs'), join(of('TensorFlow.js model'), 'tfjs'), { recursive: true });
  cpSync(join(lstm, 'run'), join(of('run directory'), 'run'), { recursive: true });
  const checkpoints = join(lstm, 'run/checkpoints');
  cpSync(
    join(checkpoints, readdirSync(checkpoints).sort().at(-1)!),
    join(of('checkpoint'), 'checkpoint.safetensors'),
  );
  const answering = of('question-answering model');
  const glovePath = join(folder, 'GloVe', 'boxes.txt');
  writeFileSync(glovePath, 'box 1 0 0 0 1 0 0 0\nholds 0 1 0 0 0 1 0 0\nred 0 0 1 0 0 0 1 0\n');
  await command('question-answering', [
    ...[
      'train',
      '--data',
      questions,
      '--glove',
      glovePath,
      '--run',
      join(answering, 'run'),
      '--silent',
    ],
    ...tinyQuestions,
  ]);
  cpSync(join(answering, 'run/model'), join(answering, 'model'), { recursive: true });
  removeFolder(text);
  removeFolder(questions);
}
