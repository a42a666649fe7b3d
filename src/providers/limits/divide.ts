/** Who may have how many calls at once. Pure. */

export interface ShareClaim {
  processId: string;
  /** Calls under way and calls that wait. */
  wanted: number;
}

/**
 * Everyone gets what it wants up to an even share; what some leave over is shared by the others, and what nobody
 * wants is dealt out evenly, so that a sudden call need not ask first. Where calls are fewer than processes, `turn`
 * moves on and each has them for a while: otherwise a recording in the last process would wait for ever.
 */
export function divide(total: number, claims: readonly ShareClaim[], turn: number): Map<string, number> {
  const ids = claims.map(({ processId }) => processId).sort();
  const inTurn = ids.map((_, at) => ids[(at + turn) % ids.length] ?? '');
  const wanted = new Map(claims.map((claim) => [claim.processId, claim.wanted]));
  const dealt = new Map(ids.map((id) => [id, 0]));

  const rest = deal(Math.floor(total), dealt, inTurn, (id, has) => has < (wanted.get(id) ?? 0));
  deal(rest, dealt, inTurn, () => true);
  return dealt;
}

/** Rounds of one each. @returns what nobody would take */
function deal(
  total: number,
  dealt: Map<string, number>,
  order: readonly string[],
  takes: (id: string, has: number) => boolean,
): number {
  let left = total;
  for (let taken = true; taken && left > 0; ) {
    taken = false;
    for (const id of order) {
      const has = dealt.get(id) ?? 0;
      if (left === 0 || !takes(id, has)) continue;
      dealt.set(id, has + 1);
      left--;
      taken = true;
    }
  }
  return left;
}
