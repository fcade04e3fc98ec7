/** What a row is split by, beside its texts. */
export interface SplitMarks {
  /** What it shares with others that must stay in the same part of the data, such as a speaker. */
  readonly group?: string;
  /** When it was, where the data are split by time. */
  readonly time?: number;
}

/** Those of some marks that there are. */
export function marksOf({
  group,
  time,
}: {
  group?: string | undefined;
  time?: number | undefined;
}): SplitMarks {
  return { ...(group !== undefined && { group }), ...(time !== undefined && { time }) };
}
