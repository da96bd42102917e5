import {
  ChartColumn,
  FlaskConical,
  Images,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  ScrollText,
  Server,
  Settings,
  UsersRound,
} from 'lucide-react';

/** The pages of the console; `key` goes there after `g`. */
export const pages = [
  { name: 'overview', href: '/admin', icon: LayoutDashboard, key: 'o' },
  { name: 'logs', href: '/admin/logs', icon: ScrollText, key: 'l' },
  { name: 'usage', href: '/admin/usage', icon: ChartColumn, key: 'u' },
  { name: 'playground', href: '/admin/playground', icon: FlaskConical, key: 'p' },
  { name: 'gallery', href: '/admin/gallery', icon: Images, key: 'y' },
  { name: 'accounts', href: '/admin/accounts', icon: UsersRound, key: 'a' },
  { name: 'keys', href: '/admin/keys', icon: KeyRound, key: 'k' },
  { name: 'settings', href: '/admin/settings', icon: Settings, key: 's' },
  { name: 'system', href: '/admin/system', icon: Server, key: 'm' },
] as const satisfies readonly { name: string; href: string; icon: LucideIcon; key: string }[];

export type PageName = (typeof pages)[number]['name'];

/** The groups of the sidebar, in its order. */
export const pageGroups = [
  { name: 'monitor', pages: ['overview', 'logs', 'usage'] },
  { name: 'create', pages: ['playground', 'gallery'] },
  { name: 'manage', pages: ['accounts', 'keys', 'settings', 'system'] },
] as const satisfies readonly { name: string; pages: readonly PageName[] }[];

/** The page that an address belongs to, also that of one of its details. */
export const pageAt = (pathname: string) =>
  pages.find(({ href }) =>
    href === '/admin' ? pathname === href : pathname === href || pathname.startsWith(`${href}/`),
  );
