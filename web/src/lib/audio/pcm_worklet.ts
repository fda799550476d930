// Runs on the audio thread: hands the microphone's samples to the page in blocks of about 40 ms.

// TypeScript's DOM library does not know the globals of an AudioWorklet.
declare const registerProcessor: (name: string, processor: new () => unknown) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

const kBlockSamples = 2048;

class PcmProcessor extends AudioWorkletProcessor {
  private block = new Float32Array(kBlockSamples);
  private numFilled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const numSamples = channels[0]?.length ?? 0;
    for (let i = 0; i < numSamples; i += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.block[this.numFilled] = sum / channels.length;
      this.numFilled += 1;
      if (this.numFilled === kBlockSamples) {
        this.port.postMessage(this.block, [this.block.buffer]);
        this.block = new Float32Array(kBlockSamples);
        this.numFilled = 0;
      }
    }
    return true;
  }
}

registerProcessor('pcm', PcmProcessor);
