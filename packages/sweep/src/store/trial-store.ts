/**
 * Where checkpoints and results live: an S3-compatible store or a folder. Keys are parts with `/` between them. A key is
 * written once and never again, so that no store needs conditional writes.
 */
export interface TrialStore {
  /** As given by the user, without credentials, for messages. */
  readonly url: string;
  /** Reads a value whole; undefined when there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Writes a value whole, or not at all. */
  write(key: string, value: Uint8Array): Promise<void>;
  /** Keys that begin with a prefix that ends in `/`. */
  list(prefix: string): Promise<string[]>;
  remove(key: string): Promise<void>;
}
