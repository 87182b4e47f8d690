// A driver is the connector to one backend: it knows whether the backend can run here and how to start it. Packages
// named @secateur/backend-* register theirs when they are imported; `useBackend` imports the package that it needs.

/** The backends that Secateur knows, by the names that `useBackend` takes. */
export type BackendName = 'webgpu' | 'node-gpu' | 'node' | 'wasm' | 'cpu';

/** Whether a backend can run here. */
export interface Availability {
  /** True when `start` is expected to succeed. */
  readonly available: boolean;
  /** One sentence, without a full stop: what was found. */
  readonly reason: string;
  /** The command or the change that makes it available, or better. */
  readonly fix?: string;
  /** False when `useBackend('auto')` passes over it although it would start, as what comes after it is faster. */
  readonly automatic?: boolean;
}

/** What a backend is started with; each backend reads the fields it knows. */
export interface BackendOptions {
  /**
   * Where a backend fetches the binaries it loads: a folder (path or URL), or a map from each file's name to
   * its path or URL. Node finds them by itself; a browser needs it unless they are served beside the script.
   */
  readonly binaries?: string | Readonly<Record<string, string>>;
  /**
   * How many threads the wasm backend computes with, the calling one included; without it, one for each core up to 8.
   * Results have the same bits whatever the number. It gets fewer where threads cannot share memory.
   */
  readonly threads?: number;
}

/** The connector to one backend. */
export interface BackendDriver {
  /** The name that `useBackend` takes. */
  readonly name: BackendName;
  /** The npm package that holds the driver. */
  readonly module: string;
  /** Tells whether the backend can run here, without starting it. */
  probe(): Promise<Availability>;
  /** Registers the backend and its kernels and makes it TensorFlow.js's current one. */
  start(options: BackendOptions): Promise<void>;
  /** What the started backend makes use of, such as its threads, by name. */
  features?(): Readonly<Record<string, string | number>>;
  /** Versions of the packages behind the backend, by package name. */
  versions?(): Promise<Readonly<Record<string, string>>>;
}

interface Known {
  /** The npm package that registers the driver. */
  readonly module: string;
  /** What TensorFlow.js calls the backend. */
  readonly tfName: string;
  /**
   * What `npm install` is given for it: its packages, as optional peers are not installed by themselves, and leave for the install
   * scripts that download TensorFlow.
   */
  readonly install: string;
}

/** Every backend, best first: the order in which `useBackend('auto')` tries them. */
export const knownBackends: Readonly<Record<BackendName, Known>> = {
  webgpu: {
    module: '@secateur/backend-webgpu',
    tfName: 'webgpu',
    install: '@secateur/backend-webgpu @tensorflow/tfjs-backend-webgpu@4.22.0 webgpu@0.6.2',
  },
  'node-gpu': {
    module: '@secateur/backend-node',
    tfName: 'tensorflow',
    install: '@secateur/backend-node @tensorflow/tfjs-node-gpu@4.22.0 --ignore-scripts=false',
  },
  node: {
    module: '@secateur/backend-node',
    tfName: 'tensorflow',
    install: '@secateur/backend-node @tensorflow/tfjs-node@4.22.0 --ignore-scripts=false',
  },
  wasm: {
    module: '@secateur/backend-wasm',
    tfName: 'wasm',
    install: '@secateur/backend-wasm @tensorflow/tfjs-backend-wasm@4.22.0',
  },
  cpu: {
    module: '@secateur/backend',
    tfName: 'cpu',
    install: '@secateur/backend @tensorflow/tfjs-backend-cpu@4.22.0',
  },
};

/** The names of {@link knownBackends}, best first. */
export const backendNames: readonly BackendName[] = Object.keys(knownBackends) as BackendName[];
