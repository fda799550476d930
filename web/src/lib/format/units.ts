// Lengths of time, sizes and frequencies as people read them.

/** `3.7 s` below a minute, `2:05` from there on. */
export function duration(seconds: number): string {
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

/** `0:03`, `12:40`; with tenths as `0:03.7`. */
export function clock(seconds: number, withTenths = false): string {
  const tenths = withTenths ? Math.floor(seconds * 10 + 1e-6) : Math.round(seconds) * 10;
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths % 600) / 10;
  const text = withTenths ? rest.toFixed(1).padStart(4, '0') : String(Math.round(rest)).padStart(2, '0');
  return `${minutes}:${text}`;
}

export function elapsed(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${Math.round(count / 1024)} kB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}

export function kilohertz(hz: number): string {
  return `${Number((hz / 1000).toFixed(3))} kHz`;
}
