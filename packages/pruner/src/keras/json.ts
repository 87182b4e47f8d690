import { isRecord } from '@secateur/input';
import { type PrunerError, modelError } from '../pruner-error.ts';

/** A JSON object of a model.json. */
export type Json = Readonly<Record<string, unknown>>;

/** A layer, a model, an initializer or another object as Keras writes it: its class and its settings. */
export interface Serialized {
  readonly class_name: string;
  readonly config: Json;
}

/** Whether a value is an object with a class and settings. */
export function isSerialized(value: unknown): value is Json & Serialized {
  return isRecord(value) && typeof value['class_name'] === 'string' && isRecord(value['config']);
}

/** Whether an object is a model, with layers of its own. */
export function isModelConfig({ class_name: kind, config }: Serialized): boolean {
  return ['Sequential', 'Functional', 'Model'].includes(kind) && Array.isArray(config['layers']);
}

/** How a message names a layer: `"both" (Bidirectional)`. */
export function called({ class_name: kind, config }: Serialized): string {
  return `"${String(config['name'])}" (${kind})`;
}

/** An error in a model.json. */
export function badModel(text: string): PrunerError {
  return modelError(`kerasToTfjs: ${text}`);
}

/** The layers of a model; anything else in their place is an error. */
export function layersOf(model: Serialized): (Json & Serialized)[] {
  return (model.config['layers'] as unknown[]).map((layer) => {
    if (isSerialized(layer)) return layer;
    throw badModel(
      `expected layers with class_name and config in ${called(model)}, found ${JSON.stringify(layer).slice(0, 80)}; is the model.json whole?`,
    );
  });
}
