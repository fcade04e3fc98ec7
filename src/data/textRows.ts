import type { Feeds } from '../engine/feeds.js';
import { PAD } from '../text/vocabulary.js';

/**
 * The real tokens of each row of an input of ids [batch, time]: views, which may be changed in place. They end where the
 * input's lengths (`<input>Lengths`) say, without such at the first PAD, which no text has.
 */
export function textRows(feeds: Feeds, input: string): Int32Array[] {
  const { shape, data } = feeds[input]!;
  const [batch, time] = shape as [number, number];
  const lengths = feeds[`${input}Lengths`]?.data;
  return Array.from({ length: batch }, (_, b) => {
    const row = (data as Int32Array).subarray(b * time, (b + 1) * time);
    const end = lengths ? Number(lengths[b]) : row.indexOf(PAD);
    return row.subarray(0, end < 0 ? time : end);
  });
}
