import { serialization, zeros, type DataType, type Tensor } from '@tensorflow/tfjs-core';

type Config = serialization.ConfigDict;

/** An initialiser of `tf.layers`; the class is not exported. */
interface Initialiser extends serialization.Serializable {
  apply(shape: number[], dtype?: DataType): Tensor;
}

const className = 'SecateurDeferredInitialiser';

/** Those made by each load that is under way. */
const loads = new Map<number, DeferredInitialiser[]>();
let lastLoad = 0;

/**
 * An initialiser that gives zeros while its model is loaded, because weights follow anyway and the orthogonal one takes
 * many seconds. TensorFlow.js skips initialisers itself, but not in models inside models or in stacks of cells. To
 * everybody else it is the initialiser of the file.
 */
class DeferredInitialiser extends serialization.Serializable implements Initialiser {
  static readonly className: string = className;
  readonly #initialiser: Initialiser;
  #loaded = false;

  constructor({ load, initialiser }: { load: number; initialiser: Config }) {
    super();
    this.#initialiser = makeInitialiser(initialiser);
    loads.get(load)?.push(this);
  }

  finish(): void {
    this.#loaded = true;
  }

  apply(shape: number[], dtype?: DataType): Tensor {
    return this.#loaded ? this.#initialiser.apply(shape, dtype) : zeros(shape, dtype);
  }

  override getClassName(): string {
    return this.#initialiser.getClassName();
  }

  getConfig(): Config {
    return this.#initialiser.getConfig();
  }
}

/** A topology of which no initialiser is run, until `finish` is called after loading. */
export interface DeferredTopology {
  readonly topology: object;
  finish(): void;
}

/**
 * Copies the topology of a model file with all its initialisers deferred, at any depth. The loaded model has those of the
 * file: `toJSON` writes them, and a model made from that is initialised by them.
 */
export function deferInitialisers(topology: object): DeferredTopology {
  // Under the name that the configuration has, TensorFlow.js finds the class.
  serialization.registerClass(DeferredInitialiser as never);
  const load = ++lastLoad;
  loads.set(load, []);
  return {
    topology: deferIn(topology, load) as object,
    finish() {
      for (const initialiser of loads.get(load) ?? []) initialiser.finish();
      loads.delete(load);
    },
  };
}

/** In the camel case of a live model, and in the snake case of model.json. */
function deferIn(value: unknown, load: number): unknown {
  if (Array.isArray(value)) return value.map((item) => deferIn(item, load));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]: [string, unknown]) => {
      const isInitialiser = /[a-z]Initializer$|_initializer$/.test(key) && isKnown(child);
      if (!isInitialiser) return [key, deferIn(child, load)];
      const classKey = 'class_name' in (child as object) ? 'class_name' : 'className';
      return [key, { [classKey]: className, config: { load, initialiser: child } }];
    }),
  );
}

function isKnown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && classOf(value as Config) !== undefined;
}

function classOf(
  config: Config,
): [unknown, (kind: unknown, config: Config) => unknown] | undefined {
  const name = config['class_name'] ?? config['className'];
  const { classNameMap } = serialization.SerializationMap.getMap();
  return typeof name === 'string' && Object.hasOwn(classNameMap, name)
    ? (classNameMap[name] as never)
    : undefined;
}

function makeInitialiser(config: Config): Initialiser {
  const [kind, fromConfig] = classOf(config)!;
  return fromConfig(kind, (config['config'] ?? {}) as Config) as Initialiser;
}
