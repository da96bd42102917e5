import { redirect } from 'next/navigation';
import { settingPages, settingPath } from '@/components/settings/groups';

export default function SettingsPage() {
  redirect(settingPath(settingPages[0].id));
}
