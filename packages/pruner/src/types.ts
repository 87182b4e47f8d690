/** Kept indices of each pruned dimension, ascending; a dimension that is not named keeps everything. */
export type Kept = Readonly<Record<string, readonly number[]>>;
