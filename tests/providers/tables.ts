/**
 * A table that reads well on a terminal too.
 * @param alike the rows with which its columns are to be as wide
 */
export function tableOf<Key extends string>(
  rows: readonly Readonly<Record<Key, string>>[],
  titles: Readonly<Record<Key, string>>,
  alike = rows,
): string {
  const keys = Object.keys(titles) as Key[];
  const widths = keys.map((key) => Math.max(...[titles, ...alike].map((row) => row[key].length)));
  const line = (row: Readonly<Record<Key, string>>) =>
    `| ${keys.map((key, at) => row[key].padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}
