/** How an attempt at a trial ended. */
export type TrialOutcome =
  /** The result is in the store, by this attempt or by an earlier one. */
  | { readonly status: 'done'; readonly result: unknown; readonly attempt: string }
  /** It would fail the same way again: it exited with 42. */
  | { readonly status: 'never'; readonly message: string }
  /** It failed in a way that may pass: a signal, another exit code, a store that was away. */
  | { readonly status: 'retry'; readonly message: string }
  /** A newer attempt is at work; this one has written nothing since. */
  | { readonly status: 'superseded'; readonly message: string }
  /** This machine may not go on with it: another build of the kernels or another major version. */
  | { readonly status: 'refused'; readonly message: string }
  /** It was told to stop; its checkpoints stay. */
  | { readonly status: 'stopped'; readonly message: string };
