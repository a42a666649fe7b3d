/** Files of a day differ in the ends of their names: a name that is too long is cut before its end. */
const END_LETTERS = 14;

export function FileName({ name }: { name: string }) {
  const cut = Math.max(0, name.length - END_LETTERS);
  return (
    <span className="flex min-w-0" title={name}>
      {/* The end gives way only when nothing else is left. */}
      <span className="min-w-0 shrink-9999 truncate whitespace-pre">{name.slice(0, cut)}</span>
      <span className="min-w-0 truncate">{name.slice(cut)}</span>
    </span>
  );
}
