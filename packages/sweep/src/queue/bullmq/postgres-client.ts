import type { EventEmitter } from 'node:events';

/** What is used of the package `pg`, which has no types of its own. */
export interface PgModule {
  readonly Client: new (settings: object) => EventEmitter;
  readonly Pool: new (settings: object) => { end(): Promise<void> };
}

/**
 * The class of `pg`'s connections, without its habit of ending the process: a connection that the server ends is an `error` event,
 * and BullMQ has no listener between two commands and while it closes. The next command on such a connection fails, which BullMQ
 * reports or does again.
 */
export function guarded({ Client }: PgModule): PgModule['Client'] {
  return class extends Client {
    override emit(event: string, ...values: unknown[]): boolean {
      if (event === 'error' && this.listenerCount(event) === 0) return false;
      return super.emit(event, ...values);
    }
  };
}
