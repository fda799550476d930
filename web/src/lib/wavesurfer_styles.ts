// wavesurfer.js puts a <style> element into its shadow root, which a Content-Security-Policy without
// 'unsafe-inline' refuses. Taken out before it reaches the document and given back as a constructed style sheet,
// the same rules are allowed.
export function adoptShadowStyles(host: Element | null): void {
  const root = host?.shadowRoot;
  const style = root?.querySelector('style');
  if (!root || !style) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style.textContent ?? '');
  style.remove();
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
