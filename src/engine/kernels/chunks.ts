/** Values in one chunk of a flat array: what one thread takes at a time, and the block over which a sum is accumulated. */
export const CHUNK = 65536;
