/** A page of a listing of S3. */
export interface Listing {
  readonly keys: readonly string[];
  /** What the next page is asked for with; undefined on the last. */
  readonly next: string | undefined;
}

/** Reads a page of `ListObjectsV2`; undefined when the text is none. */
export function parseListing(xml: string): Listing | undefined {
  if (!xml.includes('<ListBucketResult')) return undefined;
  const keys = [...xml.matchAll(/<Contents>.*?<Key>(.*?)<\/Key>/gs)].map(([, key]) => plain(key!));
  const isTruncated = /<IsTruncated>true<\/IsTruncated>/.test(xml);
  const token = /<NextContinuationToken>(.*?)<\/NextContinuationToken>/s.exec(xml)?.[1];
  return { keys, next: isTruncated && token !== undefined ? plain(token) : undefined };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Text of XML without its escapes. */
const plain = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    decimal !== undefined
      ? String.fromCodePoint(Number(decimal))
      : hex !== undefined
        ? String.fromCodePoint(parseInt(hex as string, 16))
        : (entities[name as string] ?? whole),
  );
