import type { ReactNode } from 'react';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  isNumber?: boolean;
}

/** Of a row that is scrolled to the side, it says whose figures are seen. */
const NAMES = 'sticky left-0 text-left';

interface TableProps<Row> {
  title: string;
  note?: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Stands in place of no rows. */
  none?: string;
}

/** Figures under headings. On a phone the table scrolls in itself, and the page does not. */
export function Figures<Row>({ title, note, columns, rows, keyOf, none }: TableProps<Row>) {
  return (
    <section>
      <h2 className="text-lg font-semibold">{title}</h2>
      {note && <p className="text-sm text-ink-soft">{note}</p>}
      {rows.length === 0 && none ? (
        <p className="mt-2 text-ink-soft">{none}</p>
      ) : (
        <section
          className="scroll-hint mt-2 overflow-x-auto rounded-lg border border-line"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
          tabIndex={0}
          aria-label={title}
        >
          {/* Words stay whole: what has no room is scrolled to, beside the names of the rows. */}
          <table className="w-full text-sm wrap-break-word">
            <thead>
              <tr className="border-b border-line bg-sunken text-left">
                {columns.map(({ head, isNumber }, at) => (
                  <th
                    key={head}
                    scope="col"
                    className={`px-3 py-2 font-medium whitespace-nowrap ${isNumber ? 'text-right' : ''} ${at === 0 ? `${NAMES} bg-sunken` : ''}`}
                  >
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {rows.map((row) => (
                <tr key={keyOf(row)} className="align-top">
                  {columns.map(({ head, cell, isNumber }, at) =>
                    at === 0 ? (
                      <th key={head} scope="row" className={`px-3 py-2 font-normal ${NAMES} bg-ground`}>
                        {cell(row)}
                      </th>
                    ) : (
                      <td
                        key={head}
                        className={`px-3 py-2 ${isNumber ? 'text-right tabular-nums whitespace-nowrap' : ''}`}
                      >
                        {cell(row)}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

type Tone = 'good' | 'warning' | 'danger' | 'plain';

const TONES: Record<Tone, string> = {
  good: 'border-good-line bg-good-soft text-good-text',
  warning: 'border-warning-line bg-warning-soft text-warning-text',
  danger: 'border-danger-line bg-danger-soft text-danger-text',
  plain: 'border-line bg-sunken text-ink-soft',
};

/** A state in a word. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-block rounded-full border px-2 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
