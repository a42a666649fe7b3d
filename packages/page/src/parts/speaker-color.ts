/**
 * Eight colours that stay apart for people who do not see all colours: each has another lightness or another side of blue and
 * yellow than its neighbours. A name or an initial always stands beside a colour.
 */
export const SPEAKER_COLORS = 8;

/** The class of the nth speaker of a conversation; the ninth begins anew. */
export function speakerClass(place: number): string {
  return `speaker-${(place % SPEAKER_COLORS) + 1}`;
}
