/** Stands in for a block that the page can't show. */
export function NotDrawn({ type }: { type: string }) {
  return <p className="not-drawn">This page can't show the block “{type}”.</p>;
}
