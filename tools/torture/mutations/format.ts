/** Files that we read, what reads them, and what is promised of it. */
export interface Format {
  readonly name: string;
  /**
   * Whether a checksum covers what is read: then a changed file is refused, or read as if it had not been changed. Without one
   * a changed number can be as good as the old one, and only the reader's checks are tried.
   */
  readonly sealed: boolean;
  /** Files that are changed, one in each case; paths in the folder of the format. */
  readonly files: readonly string[];
  /** Reads everything there is to read in a folder; what it returns says what the files hold. */
  read(folder: string): unknown;
}
