import { joinBytes } from './join-bytes.ts';

/** A file for {@link zip}. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 255]!;
  return (value ^ 0xffffffff) >>> 0;
}

/** A zip archive of these files, stored as they are: weights hardly get smaller by compression. */
export function zip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const path = new TextEncoder().encode(name);
    // Version 2.0, names in UTF-8, stored, the first day that the format knows.
    const common = [
      ...[u16(20), u16(0x800), u16(0), u16(0), u16(0x21), u32(crc32(bytes))],
      ...[u32(bytes.length), u32(bytes.length), u16(path.length), u16(0)],
    ];
    const local = joinBytes([u32(0x04034b50), ...common, path]);
    parts.push(local, bytes);
    directory.push(
      joinBytes([
        u32(0x02014b50),
        u16(20),
        ...common,
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        u32(at),
        path,
      ]),
    );
    at += local.length + bytes.length;
  }
  const list = joinBytes(directory);
  const counts = [u16(entries.length), u16(entries.length)];
  const end = [u32(0x06054b50), u16(0), u16(0), ...counts, u32(list.length), u32(at), u16(0)];
  return joinBytes([...parts, list, ...end]);
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 255, value >>> 8);
const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
