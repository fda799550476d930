// Any audio that this browser knows, as mono samples. The service decodes the original bytes by itself; what is
// decoded here is only for looking, listening and cutting.
import { sourceSampleRateHz } from './source_rate';

export interface MonoAudio {
  samples: Float32Array<ArrayBuffer>;
  sampleRateHz: number;
  durationS: number;
}

const kFallbackRateHz = 48000;

/** Null where this browser cannot decode it. */
export async function decodeAudio(blob: Blob): Promise<MonoAudio | null> {
  const bytes = await blob.arrayBuffer();
  const sampleRateHz = sourceSampleRateHz(bytes) ?? kFallbackRateHz;
  try {
    const buffer = await new OfflineAudioContext(1, 1, sampleRateHz).decodeAudioData(bytes);
    return { samples: mixToMono(buffer), sampleRateHz: buffer.sampleRate, durationS: buffer.duration };
  } catch {
    return null;
  }
}

/** The mean of the channels, as the service takes it. */
export function mixToMono(buffer: Pick<AudioBuffer, 'numberOfChannels' | 'length' | 'getChannelData'>): Float32Array<ArrayBuffer> {
  const mono = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const data = buffer.getChannelData(channel);
    for (let i = 0; i < mono.length; i += 1) mono[i]! += data[i]! / buffer.numberOfChannels;
  }
  return mono;
}
