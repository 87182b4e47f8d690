import { gunzipSync, gzipSync } from 'node:zlib';
import { changeBytes, type Random } from '@secateur/testing/damage';
import { changeJson } from './json.ts';
import { changeText } from './text.ts';

type Change = (bytes: Buffer, random: Random) => Buffer;

const asText =
  (change: (text: string, random: Random) => string): Change =>
  (bytes, random) =>
    Buffer.from(change(bytes.toString('utf8'), random));

/** Changes one line of a text, such as `metrics.jsonl`, as JSON. */
const oneLine: Change = asText((text, random) => {
  const lines = text.split('\n');
  const full = lines.flatMap((line, i) => (line.startsWith('{') ? [i] : []));
  if (full.length === 0) return text;
  const at = random.of(full);
  lines[at] = changeJson(lines[at]!, random);
  return lines.join('\n');
});

/** Changes the header of a safetensors file as JSON, and sets its length, so that readers get as far as its content. */
const header: Change = (bytes, random) => {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const changed = Buffer.from(changeJson(bytes.toString('utf8', 8, end), random));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(changed.length));
  return Buffer.concat([length, changed, bytes.subarray(end)]);
};

/** Changes what is packed, so that the checksum of gzip is right. */
const unpacked =
  (change: Change): Change =>
  (bytes, random) =>
    gzipSync(change(gunzipSync(bytes), random));

/** Changes by the end of a file's name; those that reach its content come more often than those that only break it. */
const byName: readonly (readonly [RegExp, readonly Change[]])[] = [
  [/\.json\.gz$/, [unpacked(asText(changeJson)), unpacked(asText(changeText)), changeBytes]],
  [/\.gz$/, [unpacked(asText(changeText)), unpacked(changeBytes), changeBytes]],
  [/\.json$/, [asText(changeJson), asText(changeJson), asText(changeText), changeBytes]],
  [/\.jsonl$/, [oneLine, oneLine, asText(changeText), changeBytes]],
  [/\.safetensors$/, [header, changeBytes]],
  [/\.bin$/, [changeBytes]],
  [/./, [asText(changeText), asText(changeText), changeBytes]],
];

/** Changes a file once, or sometimes up to four times, by what its name says it holds. */
export function mutate(name: string, bytes: Buffer, random: Random): Buffer {
  const [, changes] = byName.find(([pattern]) => pattern.test(name))!;
  const change = random.of(changes);
  let changed = change(bytes, random);
  // What was changed need not be JSON, gzip or safetensors any more; bytes can always be changed again.
  for (let more = random.of([0, 0, 0, 1, 3]); more > 0; more--) {
    try {
      changed = change(changed, random);
    } catch {
      changed = changeBytes(changed, random);
    }
  }
  return changed;
}
