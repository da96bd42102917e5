import type { AccountRow } from '@/lib/admin-api/accounts';
import { formatCount, formatLimit, missing } from '@/lib/format';
import { Countdown, Missing, PastTime } from '../clock/time';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table';
import { tierLabels } from './health';
import { HealthBadge } from './health-badge';

/** Accounts as a table, below 768 px as cards. `isShort` leaves out what the overview has no room for. */
export function AccountsTable({ rows, isShort = false }: { rows: AccountRow[]; isShort?: boolean }) {
  return (
    <Table caption="Accounts">
      <TableHead>
        <TableHeader>Account</TableHeader>
        <TableHeader>Health</TableHeader>
        <TableHeader>Tier</TableHeader>
        <TableHeader isNumeric>Credits</TableHeader>
        {!isShort && <TableHeader>Access expires</TableHeader>}
        {!isShort && <TableHeader isNumeric>Images</TableHeader>}
        {!isShort && <TableHeader isNumeric>Videos</TableHeader>}
        <TableHeader>In flight</TableHeader>
        {!isShort && <TableHeader isNumeric>Errors</TableHeader>}
        <TableHeader>Last used</TableHeader>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <AccountTableRow key={row.id} row={row} isShort={isShort} />
        ))}
      </TableBody>
    </Table>
  );
}

function AccountTableRow({ row, isShort }: { row: AccountRow; isShort: boolean }) {
  return (
    <TableRow>
      <TableCell isWide className="md:max-w-72">
        <p className="break-words font-medium md:truncate" title={row.email}>
          {row.email}
        </p>
        {row.remark !== null && (
          <p className="break-words text-secondary text-xs md:truncate" title={row.remark}>
            {row.remark}
          </p>
        )}
      </TableCell>
      <TableCell isWide>
        <HealthBadge health={row.health} isBeingRemoved={row.is_being_removed} />
      </TableCell>
      <TableCell label="Tier">{tierLabels[row.tier]}</TableCell>
      <TableCell label="Credits" isNumeric>
        {row.credits === null ? <Missing /> : formatCount(row.credits)}
      </TableCell>
      {!isShort && (
        <TableCell label="Access expires">
          <Countdown until={row.access_expires_at} />
        </TableCell>
      )}
      {!isShort && (
        <TableCell label="Images" isNumeric>
          <Made count={row.counts.image} isOn={row.image_enabled} />
        </TableCell>
      )}
      {!isShort && (
        <TableCell label="Videos" isNumeric>
          <Made count={row.counts.video} isOn={row.video_enabled} />
        </TableCell>
      )}
      <TableCell label="In flight">
        <InFlight row={row} />
      </TableCell>
      {!isShort && (
        <TableCell label="Errors" isNumeric>
          {formatCount(row.counts.error)}
        </TableCell>
      )}
      <TableCell label="Last used">
        {row.last_used_at === null ? (
          <span className="text-secondary">never</span>
        ) : (
          <PastTime at={row.last_used_at} />
        )}
      </TableCell>
    </TableRow>
  );
}

function Made({ count, isOn }: { count: number; isOn: boolean }) {
  return (
    <>
      {formatCount(count)}
      {!isOn && <span className="text-secondary text-xs"> · off</span>}
    </>
  );
}

/** Running jobs and their limit, for pictures and for videos. */
function InFlight({ row }: { row: AccountRow }) {
  return (
    <span className="tabular-nums md:whitespace-nowrap">
      <Load name="img" running={row.running.image} limit={row.image_concurrency} isOn={row.image_enabled} />
      <span aria-hidden className="max-md:hidden">
        {' · '}
      </span>
      <Load name="vid" running={row.running.video} limit={row.video_concurrency} isOn={row.video_enabled} />
    </span>
  );
}

function Load({
  name,
  running,
  limit,
  isOn,
}: {
  name: string;
  running: number;
  limit: number | null;
  isOn: boolean;
}) {
  if (!isOn && running === 0)
    return <span className="block whitespace-nowrap md:inline">{`${name} ${missing}`}</span>;
  return (
    <span className="block whitespace-nowrap md:inline">
      {name} {running}/<span aria-hidden={limit === null}>{formatLimit(limit)}</span>
      {limit === null && <span className="sr-only">unlimited</span>}
    </span>
  );
}
