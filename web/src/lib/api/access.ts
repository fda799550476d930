// The access token of services that ask for one. It is kept for this tab only, and sent to the service only.

const kKey = 'sermo-token';

let kept: string | null = null;

export function accessToken(): string {
  if (kept === null) {
    try {
      kept = sessionStorage.getItem(kKey) ?? '';
    } catch {
      kept = ''; // storage may be forbidden; then the token is asked for again after a reload
    }
  }
  return kept;
}

export function setAccessToken(token: string): void {
  kept = token.trim();
  try {
    sessionStorage.setItem(kKey, kept);
  } catch {
    // Then it holds until the page is closed.
  }
}
