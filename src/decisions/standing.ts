/** Says what counts of the decisions about one conversation. Pure. */
import type { ConversationKind, Standing } from '../store/tables/decisions.ts';

export const CONVERSATION_KINDS: readonly ConversationKind[] = [
  'title',
  'overview',
  'starred',
  'visibility',
  'folder',
  'kept',
];

export interface AboutConversation {
  kind: ConversationKind;
  value: unknown;
}

/**
 * Says whether nothing is decided any more: of a title or summary that was cleared the one that was made is shown again, and
 * no conversation has a star by itself.
 */
export function isTakenBack({ kind, value }: AboutConversation): boolean {
  return value === false || (value === null && kind !== 'folder');
}

/**
 * @param decisions in the order in which they were decided: the later one counts
 * @returns null if nothing counts
 */
export function standingOf(decisions: readonly AboutConversation[]): Standing | null {
  const standing: Record<string, unknown> = {};
  for (const decision of decisions) {
    if (isTakenBack(decision)) delete standing[decision.kind];
    else standing[decision.kind] = decision.value;
  }
  return Object.keys(standing).length === 0 ? null : (standing as Standing);
}
