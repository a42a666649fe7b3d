/** Milliseconds as seconds with one digit, for tables. */
export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
