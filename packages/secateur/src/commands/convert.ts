import { resolve } from 'node:path';
import { terminalText } from '@secateur/input';
import { Option, type Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { ExitCode, Surroundings } from '../command.ts';
import { layoutOption, exitCodes } from '../command-options.ts';
import type { ModelFile } from '../files/model-file.ts';
import { openModel } from '../files/open-model.ts';
import { checkOutput } from '../files/output.ts';
import { messageOf } from '../message-of.ts';
import { compare, type Comparison } from '../network/compare.ts';
import { comparisonText } from '../show/comparison.ts';
import { grouped } from '../show/table.ts';

/** What `--to` takes. */
const formats = ['secateur', 'pytorch', 'keras', 'directory', 'layers-model', 'onnx'] as const;
type Format = (typeof formats)[number];

/** Adds what `secateur convert` takes. */
export function configure(command: Command): void {
  command
    .description(
      'Writes a model in another format, where that says the same: layers one after the other, with the activations that their cells have.',
    )
    .argument('<in>', 'the model')
    .argument('<out>', 'where it goes; a folder for directory and layers-model')
    .addOption(
      new Option(
        '--to <format>',
        'safetensors with the names of secateur, pytorch or keras; a model directory of Secateur; a tf.LayersModel; an ONNX file',
      )
        .choices(formats)
        .makeOptionMandatory(),
    )
    .option('--float16', 'store the numbers of a safetensors or ONNX file as float16, half as long')
    .addOption(layoutOption())
    .option('--force', 'replace what is at the output')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      exitCodes(
        'the model was written',
        'nothing was written: the format cannot say what the model computes, or a file cannot be read; or the output was written and cannot be read back',
      ),
    );
}

interface Flags {
  readonly to: Format;
  readonly layout?: string;
  readonly float16?: true;
  readonly force?: true;
  readonly json?: true;
}

/** Converts a model and reads it back. */
export async function run(command: Command, { folder, print }: Surroundings): Promise<ExitCode> {
  const { to, layout, float16 = false, force = false, json = false } = command.opts<Flags>();
  const [from, name] = command.args as [string, string];
  const out = resolve(folder, name);
  const model = await openModel(from, folder, { layout });
  checkOutput(out, model.path, force);
  await write(model, out, to, float16, folder);
  const written = await readBack(out, folder);
  const measured = await measure(model, written, to);
  if (json) {
    const report = {
      output: name,
      from: model.title,
      to: written.title,
      bytes: written.bytes,
      measured,
    };
    print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    print(
      terminalText(
        [
          'notMeasured' in measured
            ? `difference not measured: ${measured.notMeasured}`
            : comparisonText(measured),
          `${name}: ${written.title}, ${grouped(written.bytes)} bytes; ${model.title}, ${grouped(model.bytes)} bytes before`,
          '',
        ].join('\n'),
      ),
    );
  }
  return 0;
}

/** Opens what was written; should that fail, the message says that it is there. */
async function readBack(out: string, folder: string): Promise<ModelFile> {
  try {
    return await openModel(out, folder);
  } catch (cause) {
    throw new CommandError(
      `expected to read the output "${out}", which was written, found: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function write(
  model: ModelFile,
  out: string,
  to: Format,
  float16: boolean,
  folder: string,
): Promise<void> {
  const weights = to === 'secateur' || to === 'pytorch' || to === 'keras';
  if (float16 && !weights && to !== 'onnx') {
    throw new CommandError(
      `expected --float16 with a safetensors or an ONNX file, found it with ${to}; leave it out.`,
    );
  }
  if (to === 'onnx') {
    const { writeOnnx } = await import('../files/onnx.ts');
    await writeOnnx(out, model, { float16 });
    return;
  }
  const chain = model.chain();
  if (weights) {
    const { writeWeights } = await import('../files/write-format.ts');
    writeWeights(out, chain, to, { float16 });
    return;
  }
  const { writeDirectory, writeLayersModel } = await import('../files/write-folder.ts');
  await (to === 'directory' ? writeDirectory(out, chain) : writeLayersModel(out, chain, folder));
}

async function measure(
  before: ModelFile,
  after: ModelFile,
  to: Format,
): Promise<Comparison | { readonly notMeasured: string }> {
  if (before.notInChain !== undefined && to !== 'onnx')
    return { notMeasured: `${before.notInChain} is left out` };
  try {
    return await compare(await before.runner(), await after.runner(), {
      batch: 2,
      steps: 12,
      seed: 1,
      timed: false,
    });
  } catch (error) {
    return { notMeasured: messageOf(error) };
  }
}
