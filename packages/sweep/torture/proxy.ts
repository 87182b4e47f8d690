import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.ts';

/** An S3 that fails now and then. */
export interface FailingStore {
  /** To use in place of the real one. */
  readonly endpoint: string;
  /** Requests that it failed so far. */
  failures(): number;
  /** Refuses all connections for some time, in ms. */
  away(duration: number): void;
  stop(): Promise<void>;
}

/** How it fails: the server says so, the answer breaks off, or all is done and the answer is lost. */
const WAYS = ['busy', 'cut', 'lost'] as const;

/**
 * Stands before an S3 and fails a share of all requests, in different ways. The name of the host is part of what clients sign, so
 * it is passed on unchanged.
 */
export async function failingStore({
  port: target,
  share,
  random,
}: {
  readonly port: number;
  readonly share: number;
  readonly random: Random;
}): Promise<FailingStore> {
  let failures = 0;
  let awayUntil = 0;
  const handle = (question: IncomingMessage, answer: ServerResponse): void => {
    const fails = random.between(0, 1) < share;
    const [way] = random.shuffled(WAYS);
    const isAway = Date.now() < awayUntil;
    if (fails || isAway) failures++;
    if (isAway) {
      question.socket.destroy();
      return;
    }
    if (fails && way === 'busy') {
      question.resume();
      answer.writeHead(503, { 'content-type': 'application/xml' });
      answer.end(
        '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
      );
      return;
    }
    const { method, url: path, headers } = question;
    const inner = request({ host: '127.0.0.1', port: target, method, path, headers }, (found) => {
      if (fails && way === 'lost') {
        found.resume();
        question.socket.destroy();
        return;
      }
      answer.writeHead(found.statusCode!, found.headers);
      if (!fails) {
        found.pipe(answer);
        return;
      }
      found.once('data', (data: Buffer) => {
        answer.write(data.subarray(0, data.length / 2), () => question.socket.destroy());
      });
      found.once('end', () => question.socket.destroy());
    });
    inner.on('error', () => question.socket.destroy());
    question.pipe(inner);
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures: () => failures,
    away: (duration) => {
      awayUntil = Date.now() + duration;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
