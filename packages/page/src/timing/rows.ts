/** The rows of a waterfall as a tree: which are shown, how deep, and which one a key leads to. Pure. */
import type { components } from '@afterword/client';

export type Timing = components['schemas']['UploadTiming'];
export type Bar = components['schemas']['TimingBar'];
export type BarPart = Bar['parts'][number];

export interface Row {
  bar: Bar;
  /** From 1, as `aria-level` counts. */
  level: number;
  hasChildren: boolean;
  isOpen: boolean;
  /** Among the rows of the same parent, from 1. */
  place: number;
  of: number;
}

/** @param closed ids of bars whose children are not shown */
export function rowsOf(bars: readonly Bar[], closed: ReadonlySet<string>): Row[] {
  const byParent = Map.groupBy(bars, ({ parentId }) => parentId);
  const rows: Row[] = [];
  const add = (parentId: string | null, level: number) => {
    const children = byParent.get(parentId) ?? [];
    children.forEach((bar, at) => {
      const hasChildren = byParent.has(bar.id);
      const isOpen = hasChildren && !closed.has(bar.id);
      rows.push({ bar, level, hasChildren, isOpen, place: at + 1, of: children.length });
      if (isOpen) add(bar.id, level + 1);
    });
  };
  add(null, 1);
  return rows;
}

/** Rows that a screen of a usual height shows. */
const PAGE_ROWS = 12;

/**
 * As trees are walked: left and right close and open, or go to the parent and the first child; with Alt, up and down stay on
 * one level.
 */
export type TreeStep = { to: number } | { open: string } | { close: string } | null;

export function stepOf(rows: readonly Row[], at: number, key: string, isAlt = false): TreeStep {
  const row = rows[at];
  const last = rows.length - 1;
  if (!row) return rows.length > 0 ? { to: 0 } : null;
  const to = (wanted: number): TreeStep => ({ to: Math.min(Math.max(wanted, 0), last) });
  switch (key) {
    case 'ArrowDown':
      return isAlt ? sibling(rows, at, 1) : to(at + 1);
    case 'ArrowUp':
      return isAlt ? sibling(rows, at, -1) : to(at - 1);
    case 'PageDown':
      return to(at + PAGE_ROWS);
    case 'PageUp':
      return to(at - PAGE_ROWS);
    case 'Home':
      return to(0);
    case 'End':
      return to(last);
    case 'ArrowRight':
      if (row.hasChildren && !row.isOpen) return { open: row.bar.id };
      return row.isOpen ? to(at + 1) : null;
    case 'ArrowLeft':
      if (row.isOpen) return { close: row.bar.id };
      return row.bar.parentId === null ? null : to(rows.findIndex(({ bar }) => bar.id === row.bar.parentId));
    default:
      return null;
  }
}

function sibling(rows: readonly Row[], at: number, direction: 1 | -1): TreeStep {
  const level = rows[at]?.level ?? 1;
  for (let next = at + direction; next >= 0 && next < rows.length; next += direction)
    if ((rows[next]?.level ?? 1) <= level) return { to: next };
  return null;
}

/** The next row of the critical path, from the first one after this on, and around. */
export function nextCritical(rows: readonly Row[], at: number): number | null {
  for (let step = 1; step <= rows.length; step++) {
    const next = (at + step) % rows.length;
    if (isCritical(rows[next]?.bar)) return next;
  }
  return null;
}

export function isCritical(bar: Bar | undefined): boolean {
  return bar?.parts.some((part) => part.isCritical) ?? false;
}

/** More than this at once is a wall of bars: calls are then shown when their file is opened. */
const MOST_OPEN = 400;

/** What is closed at first: nothing, or all but what the critical path goes through. */
export function closedAtFirst(bars: readonly Bar[]): Set<string> {
  if (bars.length <= MOST_OPEN) return new Set();
  const parents = bars.filter(({ parentId }) => parentId === null);
  const critical = parents.findLast((bar) => isCritical(bar));
  return new Set(parents.filter((bar) => bar !== critical).map(({ id }) => id));
}
