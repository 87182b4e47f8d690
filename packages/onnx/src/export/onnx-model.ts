import { create } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { argumentError } from '../error.ts';
import type { OnnxGraph } from './graph.ts';
import { metadataProps, type OnnxMetadata } from './metadata.ts';

/** By version of the operators, the version of the format that all who know the one can read. */
const irVersions: Readonly<Record<number, bigint>> = { 17: 8n, 22: 10n };

/** Which version of the operators a file is written for. */
export type OnnxOpset = 17 | 22;

/** What a file says that made it. */
const PRODUCER = 'secateur';

/** Whether a file was written here. */
export const isOurs = ({ producerName }: ModelProto): boolean => producerName === PRODUCER;

/**
 * The model of a graph, with what it says of itself.
 *
 * @example
 * ```ts
 * import { encodeOnnx, onnxGraph, onnxModel } from '@secateur/onnx';
 * import { InferenceSession, Tensor } from 'onnxruntime-node';
 *
 * const graph = onnxGraph();
 * const x = graph.input('x', 'float32', ['n']);
 * graph.output('y', graph.node('Add', [x, graph.scalar(0.5)]), 'float32', ['n']);
 * const session = await InferenceSession.create(encodeOnnx(onnxModel(graph)));
 * const { y } = await session.run({ x: new Tensor('float32', [1, 2], [2]) });
 * y?.data; // => [1.5, 2.5]
 * ```
 */
export function onnxModel(graph: OnnxGraph, metadata: OnnxMetadata = {}): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: irVersions[graph.opset]!,
    producerName: PRODUCER,
    opsetImport: [{ domain: '', version: BigInt(graph.opset) }],
    graph: graph.proto('network'),
    metadataProps: metadataProps(metadata),
  });
}

/** Checks the version of the operators; a caller without types may ask for any. */
export function checkOpset(caller: string, opset: number): void {
  if (Object.hasOwn(irVersions, opset)) return;
  throw argumentError(
    `${caller}: expected opset 17, which every runtime of the last years reads, or 22, found ${String(opset)}; leave it out.`,
  );
}
