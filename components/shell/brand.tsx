/** The product's mark and name. */
export function Brand({ isShort = false }: { isShort?: boolean }) {
  return (
    <span className="flex items-center gap-2 font-semibold">
      <svg aria-hidden viewBox="0 0 32 32" className="size-6 shrink-0">
        <rect width="32" height="32" rx="7" className="fill-primary" />
        <path
          d="M7 12h9c4 0 4 8 8 8h1M7 20h6"
          fill="none"
          className="stroke-on-primary"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
        <circle cx="25" cy="12" r="2.2" className="fill-on-primary" />
      </svg>
      <span className={isShort ? 'sr-only' : ''}>Flow2API</span>
    </span>
  );
}
