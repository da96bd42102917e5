'use client';

import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { cn } from '@/lib/cn';
import { Input } from '../ui/input';

type SearchBoxProps = {
  /** The accessible name: "Search keys". */
  label: string;
  placeholder?: string;
  /** What the address says. */
  value: string;
  /** Called when typing has paused. */
  onSearch: (text: string) => void;
  className?: string;
};

const typingPauseMs = 300;

/** The search of a page; the key `/` leads here, since it is the first search box in `main`. */
export function SearchBox({ label, placeholder, value, onSearch, className }: SearchBoxProps) {
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(value);
  const [text, setText] = useState(value);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Not what typing wrote there: a link, the Back button, or "Clear filters". The box follows.
    if (value === written.current) return;
    clearTimeout(timer.current);
    written.current = value;
    setText(value);
  }, [value]);
  const send = (typed: string) => {
    clearTimeout(timer.current);
    if (typed.trim() === written.current) return;
    written.current = typed.trim();
    onSearch(typed);
  };
  return (
    <div className={cn('relative min-w-0 flex-1 basis-56 md:max-w-sm', className)}>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Search
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-secondary"
      />
      <Input
        id={id}
        type="search"
        className="pl-9"
        placeholder={placeholder ?? label}
        maxLength={200}
        value={text}
        onChange={(event) => {
          const typed = event.target.value;
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(typed), typingPauseMs);
        }}
        onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && send(text)}
      />
    </div>
  );
}
