import { UserError } from '../tensor/errors.js';
import { counted, groupDigits } from '../formats/terminal.js';
import { requireOptions } from '../tensor/requireOptions.js';
import { normalizeText, type TextNormalization } from '../text/normalization.js';
import { TextSet } from './textSet.js';

/** How texts are cleaned before anything else is done with them. Lengths are in characters (Unicode code points). */
export interface CleaningOptions extends TextNormalization {
  /** Rows with a shorter text are dropped; 0 by default. */
  readonly minLength?: number;
  /** Rows with a longer text are dropped; no limit by default. */
  readonly maxLength?: number;
  /** Rows are dropped whose longest text is more than this times as long as their shortest; no limit by default. */
  readonly maxRatio?: number;
  /** Rows that come again, after cleaning and in all they have, are dropped; false by default. */
  readonly dropDuplicates?: boolean;
  /**
   * The script that at least half of the letters of a text must be of, by the text's name: { source: 'Han', target:
   * 'Latin' }, as Unicode names them (UAX #24). Texts without letters pass.
   */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Why a row was dropped. */
export type DropReason = 'empty' | 'too short' | 'too long' | 'uneven lengths' | 'other script' | 'duplicate';

/** A row as it was read: its texts by name, what else it has (labels, groups), and where it stands. */
export interface RawRow<Text extends string = string> {
  readonly texts: Readonly<Record<Text, string>>;
  /** Left as it is; two rows that differ in it are not duplicates. */
  readonly rest?: string;
  readonly origin: string;
}

/** A row that was dropped. */
export interface DroppedRow extends RawRow {
  readonly reason: DropReason;
}

/**
 * Cleans rows one by one, and remembers what it dropped and why: unicode form, white space and case first, then empty
 * texts, lengths, ratio and script, and duplicates at last.
 */
export class Cleaner {
  /** Rows that stayed. */
  kept = 0;
  /** Rows of which a text was changed, among those that stayed. */
  changed = 0;
  /** How many were dropped, by reason. */
  readonly dropped = new Map<DropReason, number>();
  /** The first few of each reason. */
  readonly examples: DroppedRow[] = [];
  /** The first few that were changed, as they were and as they are. */
  readonly changes: { readonly before: RawRow; readonly after: RawRow }[] = [];
  private readonly seen = new TextSet();
  private readonly scripts: ReadonlyMap<string, RegExp>;

  /** @throws UserError for lengths and a ratio that cannot be, and for a script that Unicode does not know. */
  constructor(private readonly options: CleaningOptions = {}) {
    const { minLength = 0, maxLength = Infinity, maxRatio = Infinity, scripts = {} } = options;
    requireOptions(this, 'a number from 0', { minLength });
    requireOptions(this, 'a number from 1', { maxLength, maxRatio });
    this.scripts = new Map(Object.entries(scripts).map(([name, script]) => [name, lettersOf(script)]));
  }

  /** The row with its texts cleaned, or undefined where it is dropped. */
  clean<Text extends string>(row: RawRow<Text>): RawRow<Text> | undefined {
    const tidied = this.tidy(row);
    const { texts } = tidied;
    const reason = this.reasonAgainst(texts, row.rest);
    if (reason) {
      const count = this.dropped.get(reason) ?? 0;
      this.dropped.set(reason, count + 1);
      if (count < SHOWN) this.examples.push({ ...row, reason });
      return undefined;
    }
    this.kept++;
    const before = Object.values<string>(row.texts);
    if (Object.values<string>(texts).some((text, i) => text !== before[i])) {
      if (this.changed++ < SHOWN) this.changes.push({ before: row, after: tidied });
    }
    return tidied;
  }

  /** The row with its texts normalised, and nothing dropped: for examples that figures are of. */
  tidy<Text extends string>(row: RawRow<Text>): RawRow<Text> {
    const texts = Object.entries<string>(row.texts).map(([name, text]) => [
      name,
      normalizeText(text, this.options),
    ]);
    return { ...row, texts: Object.fromEntries(texts) as RawRow<Text>['texts'] };
  }

  /** In words, how many rows were dropped and why; empty where none was. */
  get notes(): string[] {
    if (this.dropped.size === 0) return [];
    const reasons = [...this.dropped].map(([reason, count]) => `${groupDigits(count)} ${reason}`);
    const all = [...this.dropped.values()].reduce((a, b) => a + b);
    return [`${counted(all, 'row')} left out (data.clean): ${reasons.join(', ')}`];
  }

  private reasonAgainst(texts: Readonly<Record<string, string>>, rest = ''): DropReason | undefined {
    const { minLength = 0, maxLength = Infinity, maxRatio = Infinity, dropDuplicates } = this.options;
    const lengths = Object.values(texts).map((text) => [...text].length);
    const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
    if (Object.values(texts).some((text) => text.trim() === '')) return 'empty';
    if (least < minLength) return 'too short';
    if (most > maxLength) return 'too long';
    if (most > maxRatio * least) return 'uneven lengths';
    for (const [name, letters] of this.scripts)
      if (texts[name] !== undefined && !mostly(letters, texts[name])) return 'other script';
    if (!dropDuplicates) return undefined;
    return this.seen.add(JSON.stringify([Object.values(texts), rest])) ? undefined : 'duplicate';
  }
}

/** Dropped rows that are kept of each reason, to be shown. */
const SHOWN = 3;

function lettersOf(script: string): RegExp {
  try {
    return new RegExp(`[\\p{Script_Extensions=${script}}&&\\p{Letter}]`, 'gv');
  } catch {
    throw new UserError(
      `scripts: Unicode knows no script ${JSON.stringify(script)}. Name one as Latin, Han, Cyrillic, Arabic, Hiragana, Hangul.`,
    );
  }
}

function mostly(letters: RegExp, text: string): boolean {
  const all = text.match(/\p{Letter}/gu)?.length ?? 0;
  return (text.match(letters)?.length ?? 0) * 2 >= all;
}
