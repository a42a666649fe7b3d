/**
 * A time in which this process stood still (a machine that slept, a process that was stopped) is no silence of a decoder. So the
 * time is measured in parts, and of such a time only one counts.
 */
const PARTS = 20;

/**
 * Calls back once after a silence of so long, unless it is ended before.
 * @param isExcused while this is so, it is not the decoder's turn
 */
export function afterSilence(
  ms: number,
  onSilent: () => void,
  isExcused: () => boolean = () => false,
): () => void {
  let left = PARTS;
  const timer = setInterval(() => {
    left = isExcused() ? PARTS : left - 1;
    if (left > 0) return;
    clearInterval(timer);
    onSilent();
  }, ms / PARTS);
  return () => clearInterval(timer);
}
