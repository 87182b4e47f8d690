/** Bytes of the header's length, an unsigned 64-bit little-endian integer. */
export const LENGTH_BYTES = 8;
/** Tensors start at a multiple of this many bytes, so that the widest elements are aligned. */
export const ALIGNMENT = 8;
/** The longest header that the format's own library reads. */
export const LONGEST_HEADER = 100_000_000;
/** Most values of a header that is read, about eight a tensor: what its objects take grows with them, not with its bytes. */
export const MOST_VALUES = 5_000_000;
/** The key of the header that holds texts instead of a tensor. */
export const METADATA_KEY = '__metadata__';
