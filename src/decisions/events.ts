/**
 * Says which of the events that were spoken of their person has put into a calendar. A model may word an event otherwise when
 * its conversation grows, so it is known by its time too. Pure.
 */
interface Spoken {
  title: string;
  startsAtMs: number;
}

/** The value of a decision about an event. */
export interface DecidedEvent extends Spoken {
  added: boolean;
}

/**
 * @param decisions in the order in which they were decided: the later one counts
 * @returns for each event whether it was added
 */
export function addedEvents(events: readonly Spoken[], decisions: readonly DecidedEvent[]): boolean[] {
  const added = events.map(() => false);
  for (const decision of decisions) {
    const then = events.flatMap(({ startsAtMs }, at) => (startsAtMs === decision.startsAtMs ? at : []));
    const same = then.filter((at) => events[at]?.title === decision.title);
    for (const at of same.length > 0 || then.length > 1 ? same : then) added[at] = decision.added;
  }
  return added;
}
