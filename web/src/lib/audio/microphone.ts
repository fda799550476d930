// The microphone as a stream of mono blocks, with nothing done to the sound: noise suppression and automatic
// gain would change what the models listen to.
import pcmWorkletUrl from './pcm_worklet.ts?worker&url';

export interface Microphone {
  readonly sampleRateHz: number;
  stop: () => void;
}

/** Asks for permission; rejects with the browser's own error (see microphone_problem.ts). */
export async function openMicrophone(onBlock: (samples: Float32Array<ArrayBuffer>) => void, onLost: () => void): Promise<Microphone> {
  if (!globalThis.isSecureContext || navigator.mediaDevices === undefined) throw new DOMException('', 'SecurityError');
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();

  function stop(): void {
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  }

  try {
    await context.audioWorklet.addModule(pcmWorkletUrl);
    const node = new AudioWorkletNode(context, 'pcm', { numberOfOutputs: 0 });
    node.port.onmessage = (message: MessageEvent<Float32Array<ArrayBuffer>>) => onBlock(message.data);
    context.createMediaStreamSource(stream).connect(node);
    for (const track of stream.getTracks()) track.onended = onLost;
    await context.resume();
  } catch (error) {
    stop();
    throw error;
  }
  return { sampleRateHz: context.sampleRate, stop };
}
