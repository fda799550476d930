// What the page may do: nothing but what comes from the program that serves it.
export const kContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:", // recordings are played from memory
  "connect-src 'self'",
  "worker-src 'self'", // the spectrogram; the microphone's worklet is a script
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
