import { create } from '@bufbuild/protobuf';
import {
  StringStringEntryProtoSchema,
  type ModelProto,
  type StringStringEntryProto,
} from 'onnx-buf';
import { layoutFromJson, layoutToJson, type Layout } from '@secateur/groups';
import { parseJson } from '@secateur/input';
import { fileError } from '../error.ts';

/** What a file of ours says of its network beside the graph. */
export interface OnnxMetadata {
  /** Which dimensions the weights read and write, by our names. */
  readonly layout?: Layout | undefined;
  /** What was removed when, as `@secateur/pruner/node` keeps it. */
  readonly history?: readonly unknown[] | undefined;
}

const keys = { layout: 'secateur.layout', history: 'secateur.history' } as const;

/** Layout and history as entries of a file. */
export function metadataProps({ layout, history }: OnnxMetadata): StringStringEntryProto[] {
  const entry = (key: string, value: unknown): StringStringEntryProto =>
    create(StringStringEntryProtoSchema, { key, value: JSON.stringify(value) });
  return [
    ...(layout === undefined ? [] : [entry(keys.layout, layoutToJson(layout))]),
    ...(history === undefined || history.length === 0 ? [] : [entry(keys.history, history)]),
  ];
}

/** Takes the layout of a file of ours away, once the graph has other sizes than it says. */
export function forgetLayout(model: ModelProto): void {
  model.metadataProps = model.metadataProps.filter(({ key }) => key !== keys.layout);
}

/**
 * What a file of ours says of its network: the layout at its export and the history. Both are missing in files of others.
 *
 * @throws {@link OnnxError} if an entry is damaged.
 *
 * @example
 * ```ts
 * import { denseLayer, sequence } from '@secateur/cells';
 * import { onnxMetadata, toOnnx } from '@secateur/onnx';
 *
 * const net = sequence(denseLayer('out', { input: 'features', output: 'classes' }));
 * const dims = { features: 3, classes: 2 };
 * const weights = net.init(dims, 1);
 * const model = toOnnx(net, { weights, layout: net.layout(dims) }, { history: ['epoch 3'] });
 * const { layout, history } = onnxMetadata(model);
 * layout?.dims; // => { features: 3, classes: 2 }
 * history; // => ['epoch 3']
 * ```
 */
export function onnxMetadata(model: ModelProto): OnnxMetadata {
  const read = <T>(key: string, parse: (value: unknown) => T): T | undefined => {
    const found = model.metadataProps.find((entry) => entry.key === key);
    if (found === undefined) return undefined;
    try {
      return parse(parseJson(found.value));
    } catch (cause) {
      throw fileError(
        `onnxMetadata: expected what toOnnx writes as ${key}, found something else (${(cause as Error).message}); remove the entry.`,
        { cause },
      );
    }
  };
  return {
    layout: read(keys.layout, (value) => layoutFromJson(value as never)),
    history: read(keys.history, (value) => {
      if (Array.isArray(value)) return value as unknown[];
      throw new Error(`expected a list, found ${typeof value}`);
    }),
  };
}
