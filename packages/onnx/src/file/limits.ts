import type { DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelProtoSchema } from 'onnx-buf';
import { fileError } from '../error.ts';

/**
 * Most fields of all messages of a file together, some tens for each node. Two bytes are a field and become an object of hundreds,
 * so that without this a small file would fill the memory.
 */
const MOST_FIELDS = 500_000;

/** Most messages inside each other: a graph inside a node is two levels down. */
const DEEPEST = 100;

/**
 * Counts the fields of an ONNX file without reading them.
 *
 * @throws {@link OnnxError} for more fields, or messages deeper inside each other, than any model has that people run.
 */
export function checkLimits(bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes);
  let fields = 0;
  const count = (message: DescMessage, end: number, depth: number): void => {
    if (depth > DEEPEST) {
      throw fileError(
        `decodeOnnx: expected messages at most ${DEEPEST} deep inside each other, found more; is the file damaged?`,
      );
    }
    const inner = innerMessages(message);
    while (reader.pos < end) {
      const [number, type] = reader.tag();
      if (++fields > MOST_FIELDS) {
        throw fileError(
          `decodeOnnx: expected at most ${MOST_FIELDS} fields in an ONNX file, found more; is the file damaged?`,
        );
      }
      const next = type === WireType.LengthDelimited ? inner.get(number) : undefined;
      if (next === undefined) {
        reader.skip(type, number);
      } else {
        const length = reader.uint32();
        count(next, reader.pos + length, depth + 1);
      }
    }
  };
  count(ModelProtoSchema, bytes.length, 0);
}

const known = new Map<DescMessage, ReadonlyMap<number, DescMessage>>();

/** The fields of a message that hold messages, by number. */
function innerMessages(message: DescMessage): ReadonlyMap<number, DescMessage> {
  let inner = known.get(message);
  if (inner === undefined) {
    inner = new Map(
      message.fields.flatMap(({ number, message: type }) =>
        type ? [[number, type] as const] : [],
      ),
    );
    known.set(message, inner);
  }
  return inner;
}
