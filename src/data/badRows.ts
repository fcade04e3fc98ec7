import { counted } from '../formats/terminal.js';
import { UserError } from '../tensor/errors.js';

/** What is done about a row that cannot be read: nothing is trained, it is left out, or left out and listed. */
export const badRowPolicies = ['fail', 'skip', 'report'] as const;
export type BadRowPolicy = (typeof badRowPolicies)[number];

/** A row that was left out. */
export interface BadRow {
  /** Where it stands: `words.tsv: line 12`. */
  readonly origin: string;
  readonly reason: string;
}

/** Rows that are listed; of more, only their number is kept. */
const LISTED = 100_000;

/** The rows of a reading that cannot be read, and what is done about them. */
export class BadRows {
  /**
   * @param fixed whether the policy also holds where another is asked for; false by default.
   * @param record where rows are noted.
   */
  constructor(
    readonly policy: BadRowPolicy = 'fail',
    private readonly fixed = false,
    private readonly record: { count: number; readonly rows: BadRow[] } = { count: 0, rows: [] },
  ) {}

  /** Rows that were left out. */
  get count(): number {
    return this.record.count;
  }

  /** The first of them. */
  get rows(): readonly BadRow[] {
    return this.record.rows;
  }

  /** The same under another policy: what is left out is noted here, too. */
  under(policy: BadRowPolicy): BadRows {
    return this.fixed ? this : new BadRows(policy, false, this.record);
  }

  /**
   * What `read` makes of a row; undefined where the row is left out.
   * @throws UserError of `read`, under the policy 'fail'; any other error under each.
   */
  attempt<T>(origin: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (this.policy === 'fail' || !(error instanceof UserError)) throw error;
      this.record.count++;
      const { message } = error;
      if (this.rows.length < LISTED)
        this.record.rows.push({
          origin,
          reason: message.startsWith(origin) ? message.slice(origin.length).replace(/^[:,]? /, '') : message,
        });
      return undefined;
    }
  }

  /** In words, how many were left out and why the first was; empty where none was. */
  get notes(): string[] {
    const [first] = this.rows;
    if (!first) return [];
    return [
      `${counted(this.count, 'bad row')} left out (data.onBadRow), the first: ${first.origin}: ${first.reason}`,
    ];
  }

  /** As a table of two columns with a header: `row` and `reason`. */
  toTsv(): string {
    const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ');
    const lines = this.rows.map(({ origin, reason }) => `${clean(origin)}\t${clean(reason)}\n`);
    const more = this.count - this.rows.length;
    return ['row\treason\n', ...lines, ...(more > 0 ? [`\tand ${more} more\n`] : [])].join('');
  }
}
