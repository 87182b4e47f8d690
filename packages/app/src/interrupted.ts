/** Thrown when a signal stopped the training after a checkpoint was saved. */
export class Interrupted extends Error {
  /** Always `'Interrupted'`. */
  override readonly name = 'Interrupted';
  /** The exit status for the signal, 128 and its number: 130 for Ctrl-C, 129 for a terminal that was closed. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
