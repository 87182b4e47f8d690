import { maskedCrc32c } from './crc32c.ts';

/** Puts records one after the other as TFRecord does: length, its CRC, the bytes, their CRC, all little-endian. */
export function frameRecords(records: readonly Uint8Array[]): Uint8Array {
  const size = records.reduce((sum, { length }) => sum + length + 16, 0);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  let at = 0;
  for (const record of records) {
    view.setBigUint64(at, BigInt(record.length), true);
    view.setUint32(at + 8, maskedCrc32c(file.subarray(at, at + 8)), true);
    file.set(record, at + 12);
    view.setUint32(at + 12 + record.length, maskedCrc32c(record), true);
    at += record.length + 16;
  }
  return file;
}
