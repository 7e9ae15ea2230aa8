/** The product mark; decorative, the name stands beside it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-brand" />
      <path
        d="M10 7v14a3 3 0 0 0 3 3h9"
        className="fill-none stroke-on-brand"
        strokeWidth="4"
        strokeLinecap="round"
      />
      <circle cx="20.5" cy="13" r="3.5" className="fill-on-brand" />
    </svg>
  );
}
