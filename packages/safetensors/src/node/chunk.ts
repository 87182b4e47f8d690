/** Most bytes of one call: Node refuses to read, write or hash beyond 2 GiB at once. */
export const chunk: number = 1 << 28;
