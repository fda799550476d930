// Light, dark, or as the system says. The choice is kept in this browser.

export type ThemeChoice = 'system' | 'light' | 'dark';

const kKey = 'sermo-theme';

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(kKey);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // storage may be forbidden
  }
}

export class Theme {
  choice = $state<ThemeChoice>(stored());
  private systemIsDark = $state(false);

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.systemIsDark = query.matches;
    query.onchange = () => (this.systemIsDark = query.matches);
    this.apply();
  }

  get isDark(): boolean {
    return this.choice === 'dark' || (this.choice === 'system' && this.systemIsDark);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    try {
      localStorage.setItem(kKey, choice);
    } catch {
      // Then it holds until the page is closed.
    }
    this.apply();
  }

  private apply(): void {
    if (this.choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.choice;
  }
}

export const theme = new Theme();
