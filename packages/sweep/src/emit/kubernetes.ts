import type { TrialSpec } from '../spec/trial-spec.ts';
import { trialLines } from '../spec/trial-lines.ts';
import { checkEmit, refusal, type EmitOptions } from './options.ts';

/** Options of {@link kubernetesJob}. */
export interface KubernetesOptions extends EmitOptions {
  /** The image with the project and its packages, whose working directory is the project's folder. */
  readonly image: string;
  /** A Secret with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what else the trials need in their environment. */
  readonly secret?: string;
  /** Path of `trials.jsonl` within the image; without it the trials travel in a ConfigMap. */
  readonly trialsInImage?: string;
  /** A PersistentVolumeClaim that holds the store, where that is a folder. */
  readonly claim?: string;
  /** Such as `2`. */
  readonly cpu?: string;
  /** Such as `4Gi`. */
  readonly memory?: string;
}

/** A ConfigMap holds at most 1 MiB, its names among them. */
const CONFIG_MAP = 1_000_000;

/**
 * An Indexed Job, one index a trial, with a ConfigMap of the trials where they are not in the image. An index whose trial exits with
 * 42 fails at once; another failure is tried again; a pod that was evicted or preempted does not count.
 *
 * @throws SweepError with code `argument` when there is nothing to emit, when the trials are too large for a ConfigMap, or when
 * an option makes no sense.
 *
 * @example
 * ```ts
 * import { expandSweep, kubernetesJob } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const specs = expandSweep({ name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 });
 * const options = { store: 's3://sweeps/rates', image: 'registry/project:1', secret: 's3' };
 * const list = kubernetesJob(specs, options) as { items: { kind: string }[] };
 * list.items.map(({ kind }) => kind); // => ['ConfigMap', 'Job']
 * /"completions":\d+/.exec(JSON.stringify(list))?.[0]; // => "completions":2
 * ```
 */
export function kubernetesJob(specs: readonly TrialSpec[], options: KubernetesOptions): object {
  // Names of sweeps may end in a hyphen, those of jobs may not.
  const name = checkEmit(specs, options).replace(/-+$/, '');
  const {
    store,
    atOnce = specs.length,
    image,
    secret,
    trialsInImage,
    claim,
    cpu,
    memory,
  } = options;
  const folder = /^(?:file:\/\/)?(\/.*)$/.exec(store)?.[1];
  if (folder !== undefined && claim === undefined) {
    throw refusal(
      'a store that pods can reach',
      `the folder ${folder}`,
      'name the claim of a volume that holds it, or use s3://',
    );
  }
  const labels = { 'app.kubernetes.io/name': 'secateur', 'secateur/sweep': name };
  const metadata = { name, labels };
  const trials = trialLines(specs);
  if (trialsInImage === undefined && Buffer.byteLength(trials) > CONFIG_MAP) {
    throw refusal(
      `trials of at most ${CONFIG_MAP} bytes, as a ConfigMap holds no more`,
      `${Buffer.byteLength(trials)}`,
      'put trials.jsonl into the image and give its path there, or split the sweep',
    );
  }
  const resources = { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  const container = {
    name: 'trial',
    image,
    // Node itself: a program of npm in between would be process 1, which tells its child of no signal.
    command: [
      ...['node', 'node_modules/secateur/bin/secateur.js', 'trial'],
      ...['--spec', `${trialsInImage ?? '/trials/trials.jsonl'}#$(JOB_COMPLETION_INDEX)`],
      ...['--store', store, '--scratch', '/scratch'],
    ],
    ...(secret !== undefined && { envFrom: [{ secretRef: { name: secret } }] }),
    ...(Object.keys(resources).length > 0 && { resources: { requests: resources } }),
    volumeMounts: [
      { name: 'scratch', mountPath: '/scratch' },
      ...(trialsInImage === undefined
        ? [{ name: 'trials', mountPath: '/trials', readOnly: true }]
        : []),
      ...(folder === undefined ? [] : [{ name: 'store', mountPath: folder }]),
    ],
  };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      completionMode: 'Indexed',
      completions: specs.length,
      parallelism: Math.min(atOnce, specs.length),
      backoffLimitPerIndex: Math.max(...specs.map(({ retries }) => retries)),
      podFailurePolicy: {
        rules: [
          {
            action: 'FailIndex',
            onExitCodes: { containerName: 'trial', operator: 'In', values: [42] },
          },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 60,
          containers: [container],
          volumes: [
            { name: 'scratch', emptyDir: {} },
            ...(trialsInImage === undefined ? [{ name: 'trials', configMap: { name } }] : []),
            ...(folder === undefined
              ? []
              : [{ name: 'store', persistentVolumeClaim: { claimName: claim } }]),
          ],
        },
      },
    },
  };
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    immutable: true,
    data: { 'trials.jsonl': trials },
  };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: trialsInImage === undefined ? [configMap, job] : [job],
  };
}
