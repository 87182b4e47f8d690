import type { Entry } from '../entry.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { images } from './images.ts';
import { pooling } from './pooling.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { rows } from './rows.ts';
import { shapes } from './shapes.ts';

/** Every kernel that is compared. */
export const entries: readonly Entry[] = [
  ...elementwise,
  ...reductions,
  ...shapes,
  ...rows,
  ...products,
  ...pooling,
  ...convolution,
  ...images,
];
