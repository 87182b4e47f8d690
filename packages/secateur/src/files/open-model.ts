import { resolve } from 'node:path';
import type { StateSizes } from '@secateur/onnx';
import { CommandError } from '../command-error.ts';
import { detect } from './detect.ts';
import type { ModelFile } from './model-file.ts';
import { parseLayoutOption } from './parse-layout.ts';

/** Options of {@link openModel}. */
export interface OpenOptions {
  /** The value of `--layout`. */
  readonly layout?: string | undefined;
  /** Whether states that are inputs and outputs of an ONNX file may change their size. */
  readonly states?: StateSizes | undefined;
}

/** Opens a model of any format; each format's code is loaded for its own files only. */
export async function openModel(
  path: string,
  folder: string,
  { layout, states }: OpenOptions = {},
): Promise<ModelFile> {
  const found = detect(resolve(folder, path));
  const given = layout === undefined ? undefined : parseLayoutOption(layout, folder);
  if (found.kind === 'safetensors') {
    const { openWeightsFile } = await import('./weights-file.ts');
    return openWeightsFile(found.path, given);
  }
  if (found.kind === 'model-directory') {
    const { openModelDirectory } = await import('./model-directory.ts');
    return openModelDirectory(found.path, given);
  }
  if (given !== undefined) {
    throw new CommandError(
      `expected --layout for a file of weights, found it for "${path}", whose graph says what reads what; leave it out.`,
    );
  }
  if (found.kind === 'layers-model') {
    const { loadFolderTools } = await import('./folder-tools.ts');
    const { openLayersModel } = await import('./layers-model.ts');
    return openLayersModel(found.path, await loadFolderTools(folder));
  }
  const { openOnnx } = await import('./onnx.ts');
  return openOnnx(found.path, folder, states);
}
