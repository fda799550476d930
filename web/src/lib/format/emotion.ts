// Labels as people read them. Known emotions have a colour of their own; a model with other labels works too.

const kKnown = ['angry', 'calm', 'disgust', 'fearful', 'happy', 'neutral', 'sad', 'surprised'];

const kAliases: Record<string, string> = {
  anger: 'angry',
  fear: 'fearful',
  happiness: 'happy',
  joy: 'happy',
  sadness: 'sad',
  surprise: 'surprised',
};

export function emotionName(label: string): string {
  const words = label.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The custom property that holds the colour of this label in both themes. */
export function emotionColor(label: string): string {
  const known = kAliases[label] ?? label;
  if (kKnown.includes(known)) return `var(--emotion-${known})`;
  let hash = 0;
  for (const char of label) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  return `var(--emotion-${kKnown[hash % kKnown.length]!})`;
}
