/** Holds the place of what is being read. It is told to screen readers once. */
export function Loading({ label, rows = 3 }: { label: string; rows?: number }) {
  return (
    <div role="status" className="flex flex-col gap-3 py-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={at} className="h-14 rounded-lg bg-sunken motion-safe:animate-pulse" aria-hidden />
      ))}
    </div>
  );
}
