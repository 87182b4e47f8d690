/** Where a command runs and what it writes to. */
export interface CommandSurroundings {
  /** The folder that the user is in. */
  readonly folder: string;
  /** Writes text to the standard output. */
  print(text: string): void;
  /** Writes text to the standard error. */
  complain(text: string): void;
}
