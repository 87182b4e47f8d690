import type { Format } from './format.ts';
import { dataFormats } from './formats/data.ts';
import { modelFormats } from './formats/models.ts';
import { runFormats } from './formats/runs.ts';

/** Every format that is read. */
export const formats: readonly Format[] = [...dataFormats, ...modelFormats, ...runFormats];
