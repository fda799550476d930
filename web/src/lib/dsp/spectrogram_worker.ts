// Computes spectrograms beside the page, so that a ten-minute recording does not make it stutter.
import { computeSpectrogram } from './spectrogram';

self.onmessage = (message: MessageEvent<{ samples: Float32Array; sampleRateHz: number }>) => {
  const spectrogram = computeSpectrogram(message.data.samples, message.data.sampleRateHz);
  self.postMessage(spectrogram, { transfer: [spectrogram.levels.buffer] });
};
