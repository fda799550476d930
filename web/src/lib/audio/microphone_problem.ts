// Why the microphone cannot be used, in words that say what helps.
import type { PlainWords } from '../api/problem';

export function microphoneProblem(error: unknown): PlainWords {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'SecurityError':
      return {
        title: 'The microphone works only on a secure page',
        advice: 'Open Sermo under http://localhost or http://127.0.0.1 on the machine that runs it, or put it behind https.',
      };
    case 'NotAllowedError':
      return {
        title: 'The microphone was not allowed',
        advice: 'Allow it for this page in the browser’s address bar, then press the button again.',
      };
    case 'NotFoundError':
      return { title: 'No microphone was found', advice: 'Plug one in or choose one in the system’s sound settings, then try again.' };
    case 'NotReadableError':
      return { title: 'The microphone is in use', advice: 'Another program holds it. Close that program, then try again.' };
    default:
      return { title: 'The microphone could not be started', advice: 'Try again, or choose a file instead.' };
  }
}
