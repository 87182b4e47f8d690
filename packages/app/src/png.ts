import { encode } from 'fast-png';

/** A picture of so many pixels. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each, row by row from the top, `[height, width, 3]`. */
  readonly data: Uint8Array;
}

/** A picture as the address of a PNG that holds it, which SVG can show. */
export function pngUri({ width, height, data }: Pixels): string {
  const png = encode({ width, height, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
