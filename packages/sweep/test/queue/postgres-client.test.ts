import { expect, test } from 'vitest';
import { postgresMissing, startPostgres } from '../../servers/index.ts';
import { messageOf } from '../../src/message-of.ts';
import { guarded, type PgModule } from '../../src/queue/bullmq/postgres-client.ts';

/** What the test uses of a connection of `pg`. */
interface Client {
  connect(): Promise<void>;
  end(): Promise<void>;
  query(text: string): Promise<unknown>;
  readonly processID: number;
}

const missing = postgresMissing();
test.skipIf(missing !== undefined)(
  `a connection that the server ends between two commands does not end the process${missing === undefined ? '' : `: ${missing}`}`,
  async () => {
    // @ts-expect-error: it has no types of its own.
    const { default: pg } = (await import('pg')) as { default: PgModule };
    const server = await startPostgres();
    const [client, other] = [guarded(pg), pg.Client].map((Class) => {
      return new Class({ connectionString: server.url });
    }) as [InstanceType<PgModule['Client']> & Client, Client];
    try {
      await Promise.all([client.connect(), other.connect()]);
      await other.query(`select pg_terminate_backend(${client.processID})`);
      // The next command fails, and an error that nobody caught would fail the test.
      const failure = async () => client.query('select 1').then(() => '', messageOf);
      await expect.poll(failure).toMatch(/not queryable|terminat/);
    } finally {
      await other.end();
      await server.stop();
    }
  },
);
