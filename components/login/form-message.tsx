'use client';

import { useEffect, useState } from 'react';
import { formatWholeSeconds } from '../clock/whole-seconds';
import { Notice } from '../ui/notice';
import type { SignInState } from './form-state';

/** Why the form was refused. Waiting counts down; only the first words are announced. */
export function FormMessage({ state }: { state: SignInState }) {
  const { message, retryAfterSeconds, sentAt } = state;
  return (
    <div role="alert" className="empty:hidden">
      {message !== undefined && <Notice tone="danger">{message}</Notice>}
      {retryAfterSeconds !== undefined && <Wait key={sentAt} seconds={retryAfterSeconds} />}
    </div>
  );
}

function Wait({ seconds }: { seconds: number }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const endsAt = Date.now() + seconds * 1_000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((endsAt - Date.now()) / 1_000))), 1_000);
    return () => clearInterval(timer);
  }, [seconds]);
  if (left === 0) return <Notice tone="info">You can try again now.</Notice>;
  return (
    <Notice tone="danger">
      Too many attempts. Try again in{' '}
      <span aria-live="off" className="whitespace-nowrap">
        {formatWholeSeconds(left * 1_000)}
      </span>
      .
    </Notice>
  );
}
