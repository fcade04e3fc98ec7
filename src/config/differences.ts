/** Where data lie. */
export const dataPlaces = String.raw`(tasks\.[\w-]+\.)?data\.(source\.text|\w+\.(file|folder|recordings|images|labels))`;

/** Keys that may change when a run is resumed: when it ends, what it keeps, how it answers, where its (unchanged) data lie, what is done about bad rows. */
const MAY_CHANGE = new RegExp(
  String.raw`^(name|training\.(steps|epochs|maxMinutes|keepCheckpoints|threads|validation\.(patience|target))|decoding\..*|${dataPlaces}|(tasks\.[\w-]+\.)?data\.onBadRow)$`,
);

/** A key that two configurations give different values. */
export interface Difference {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The first key that makes going on with `after` another training than the one begun with `before`.
 * @param mayChange keys that may differ; by default those that a resumed run may change.
 */
export function firstDifference(
  before: object,
  after: object,
  mayChange = MAY_CHANGE,
): Difference | undefined {
  const [old, now] = [flatten(before), flatten(after)];
  for (const key of new Set([...old.keys(), ...now.keys()]))
    if (!mayChange.test(key) && JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key)))
      return { key, before: old.get(key), after: now.get(key) };
  return undefined;
}

function flatten(value: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([name, child]: [string, unknown]) =>
      typeof child === 'object' && child !== null && !Array.isArray(child)
        ? [...flatten(child, `${prefix}${name}.`)]
        : child === undefined
          ? []
          : [[`${prefix}${name}`, child] as [string, unknown]],
    ),
  );
}
