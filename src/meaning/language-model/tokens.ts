/**
 * How many tokens a text takes at most, roughly. Every model counts in its own way and none needs loading for this:
 * three bytes a token is more than any current one takes for English or JSON, and about what one takes for the
 * scripts it knows least. Too high costs a call more; too low would lose words.
 */
const BYTES_PER_TOKEN = 3;

export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
