/** A list of records: a table, and on a phone a card for each, with its columns' names beside the values. */
import { Card, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

/** A column: what stands over it, and what a record has in it. */
interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** What the table is of, for who cannot see it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** What stands there when there is no row: an `EmptyState`. */
  readonly empty: ReactNode;
}

/** The table. */
export function DataTable<Row>({ label, rows, rowKey, columns, empty }: DataTableProps<Row>) {
  if (rows.length === 0) return empty;
  return (
    <Card withBorder padding={0} className={classes.card ?? ''}>
      <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={label} className={classes.table ?? ''}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title }) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map(({ title, cell }) => (
                <Table.Td key={title} data-title={title}>
                  <div>{cell(row)}</div>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
