// Where on an element the pointer is.

/** 0 at its left edge, 1 at its right one. */
export function pointedShare(event: MouseEvent): number {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  return (event.clientX - box.left) / box.width;
}
