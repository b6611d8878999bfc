import type { Author } from './directory.ts';

// Dark enough for white initials at 4.5:1.
const COLORS = ['#1d6a8f', '#8a3b6e', '#2d6b45', '#8a4b12', '#4c52a8', '#9b2c4a'];

function colorOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return COLORS[sum % COLORS.length] ?? '#1d6a8f';
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return (
    (words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')
  ).toUpperCase();
}

export function Avatar({ author, size = 36 }: { author: Author; size?: number }) {
  return (
    <svg className="avatar" viewBox="0 0 36 36" width={size} height={size} aria-hidden="true">
      <rect width="36" height="36" rx="8" fill={author.isBot ? '#4a154b' : colorOf(author.id)} />
      {author.isBot ? (
        <>
          <path
            fill="#ecb22e"
            d="M19 5c1 5 8 8 8 16a9 9 0 0 1-18 0c0-4 2-6 4-8 0 3 1 4 2 5 1-5 4-7 4-13z"
          />
          <path fill="#e01e5a" d="M18 19c1 2 4 4 4 7a4 4 0 0 1-8 0c0-3 3-4 4-7z" />
        </>
      ) : (
        <text x="18" y="23" textAnchor="middle" fontSize="14" fontWeight="700" fill="#fff">
          {initialsOf(author.name)}
        </text>
      )}
    </svg>
  );
}
