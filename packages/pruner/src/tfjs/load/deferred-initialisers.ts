import { serialization, zeros, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { PrunerError } from '../../pruner-error.ts';

type Config = serialization.ConfigDict;

/** An initialiser of `tf.layers`; the class is not exported. */
interface Initialiser extends serialization.Serializable {
  apply(shape: number[], dtype?: DataType): Tensor;
}

const className = 'SecateurDeferredInitialiser';

/** A load that is under way. */
interface Load {
  readonly made: DeferredInitialiser[];
  /** How many numbers the file has for all weights together. */
  readonly numbers: number;
}

const loads = new Map<number, Load>();
let lastLoad = 0;

/**
 * An initialiser that gives zeros while its model is loaded, because weights follow anyway and the orthogonal one takes
 * many seconds. TensorFlow.js skips initialisers itself, but not in models inside models or in stacks of cells. To
 * everybody else it is the initialiser of the file.
 */
class DeferredInitialiser extends serialization.Serializable implements Initialiser {
  static readonly className: string = className;
  readonly #given: { readonly load: number; readonly initialiser: Config };
  readonly #initialiser: Initialiser;
  #load: Load | undefined;

  constructor(given: { load: number; initialiser: Config }) {
    super();
    this.#given = given;
    this.#initialiser = makeInitialiser(given.initialiser);
    this.#load = loads.get(given.load);
    this.#load?.made.push(this);
  }

  finish(): void {
    this.#load = undefined;
  }

  apply(shape: number[], dtype?: DataType): Tensor {
    if (this.#load === undefined) return this.#initialiser.apply(shape, dtype);
    const wanted = shape.reduce((size, n) => size * n, 1);
    if (!(wanted <= this.#load.numbers)) {
      throw new PrunerError(
        `expected layers with weights of ${this.#load.numbers} numbers at most, as many as the file has, found one of shape [${shape.join(', ')}]; the file is damaged.`,
      );
    }
    return zeros(shape, dtype);
  }

  // Until the model is loaded it says what it is: a bidirectional layer makes its second half from the config of the first.
  override getClassName(): string {
    return this.#load === undefined ? this.#initialiser.getClassName() : className;
  }

  getConfig(): Config {
    return this.#load === undefined
      ? this.#initialiser.getConfig()
      : (this.#given as unknown as Config);
  }
}

/** A topology of which no initialiser is run, until `finish` is called after loading. */
export interface DeferredTopology {
  readonly topology: object;
  finish(): void;
}

/**
 * Copies the topology of a model file with all its initialisers deferred, at any depth. The loaded model has those of the
 * file: `toJSON` writes them, and a model made from that is initialised by them. A weight of more than `numbers` numbers, as
 * many as the file has for all of them, is an error before any memory is taken for it.
 */
export function deferInitialisers(topology: object, numbers: number): DeferredTopology {
  // Under the name that the configuration has, TensorFlow.js finds the class.
  serialization.registerClass(DeferredInitialiser as never);
  const load = ++lastLoad;
  loads.set(load, { made: [], numbers });
  return {
    topology: deferIn(topology, load) as object,
    finish() {
      for (const initialiser of loads.get(load)?.made ?? []) initialiser.finish();
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
