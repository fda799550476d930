// The demo clips that ship with Sermo: whatever audio lies in the repository's samples folder.

const urls = import.meta.glob<string>('../../../samples/*.{wav,mp3,flac,ogg,opus,m4a,aac,webm}', {
  query: '?url',
  import: 'default',
  eager: true,
});

export interface DemoClip {
  name: string; // of the file
  title: string;
  format: string;
  url: string;
}

export const kDemoClips: DemoClip[] = Object.entries(urls).map(([path, url]) => {
  const name = path.split('/').at(-1)!;
  const [stem = name, format = ''] = name.split('.');
  const words = stem.replace(/[_-]+/g, ' ');
  return { name, title: words.charAt(0).toUpperCase() + words.slice(1), format, url };
});
