/** Makes Markdown tables that are readable on a terminal too. */
function tableOf<Key extends string>(
  rows: readonly Readonly<Record<Key, string>>[],
  titles: Readonly<Record<Key, string>>,
): string {
  const keys = Object.keys(titles) as Key[];
  const widths = keys.map((key) => Math.max(...[titles, ...rows].map((row) => row[key].length)));
  const line = (row: Readonly<Record<Key, string>>) =>
    `| ${keys.map((key, at) => row[key].padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}

/**
 * Makes one table of what was observed for each fault and adapter. Faults with the same consequences share a row, the row
 * with the most faults comes first. An adapter that differs from most of the others gets a row with its name.
 */
export function tableWithExceptions<Key extends string>(
  observed: readonly Readonly<Record<Key | 'adapter' | 'fault', string>>[],
  titles: Readonly<Record<Key | 'fault', string>>,
): string {
  const keys = (Object.keys(titles) as (Key | 'fault')[]).filter((key) => key !== 'fault');
  const consequences = (row: Readonly<Record<Key | 'fault', string>>) =>
    JSON.stringify(keys.map((key) => row[key]));
  const named = [...Map.groupBy(observed, ({ fault }) => fault).values()].flatMap((ofFault) => {
    const [rule = [], ...exceptions] = [...Map.groupBy(ofFault, consequences).values()].sort(
      (some, others) => others.length - some.length,
    );
    const nameOf = (rows: typeof ofFault) => rows.map(({ adapter }) => adapter).join(', ');
    return [
      ...rule.slice(0, 1),
      ...exceptions.flatMap((rows) =>
        rows.slice(0, 1).map((row) => ({ ...row, fault: `${row.fault} (${nameOf(rows)})` })),
      ),
    ];
  });
  const merged = [...Map.groupBy(named, consequences).values()]
    .sort((some, others) => others.length - some.length)
    .flatMap((rows) =>
      rows.slice(0, 1).map((row) => ({ ...row, fault: rows.map(({ fault }) => fault).join('; ') })),
    );
  return tableOf(merged, titles);
}
