/**
 * The real programs that tests of sweeps talk to: Redis, PostgreSQL, and moto as S3. Each starts on a free port of
 * loopback with its data in a temporary folder, and is skipped where it is not installed.
 * @packageDocumentation
 */
export { installMoto, motoMissing, startMoto } from './moto.ts';
export { postgresMissing, startPostgres, type PostgresServer } from './postgres.ts';
export { redisMissing, startRedis, type RedisServer } from './redis.ts';
