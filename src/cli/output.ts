/** What a command says: tables for people, JSON for programs. */
import Table from 'cli-table3';

/** Where it is written, and how. */
export interface Output {
  /** One document, for programs. */
  json(value: unknown): void;
  /** A line for people. */
  line(text: string): void;
  /** A table for people; `none` is said where it has no row. */
  table(head: readonly string[], rows: readonly (readonly unknown[])[], none: string): void;
}

const plainChars = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Writes with `write`; colours where `hasColour`. */
export function createOutput(write: (text: string) => void, hasColour: boolean): Output {
  const line = (text: string) => write(`${text}\n`);
  return {
    line,
    json: (value) => line(JSON.stringify(value, null, 2)),
    table(head, rows, none) {
      if (rows.length === 0) return line(none);
      const table = new Table({
        head: [...head],
        chars: plainChars,
        style: { 'padding-left': 0, 'padding-right': 0, head: hasColour ? ['bold'] : [], border: [] },
      });
      for (const row of rows) table.push(row.map(toCell));
      for (const text of table.toString().split('\n')) line(text.trimEnd());
    },
  };
}

/** `1 viewer`, `2 viewers`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Control characters would move the cursor of whoever reads. */
function toCell(value: unknown): string {
  const text = value === null || value === undefined ? '–' : String(value);
  return [...text].map((char) => (/\p{Cc}/u.test(char) ? '?' : char)).join('');
}
