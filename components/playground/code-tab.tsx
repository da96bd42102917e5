'use client';

import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useTranslations } from '@/components/shell/use-translations';
import { CopyButton } from '../ui/copy-button';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '../ui/tabs';
import { makeSnippet, type SnippetInput, snippetLanguages } from './snippets';

/** What the form asks for, as code. */
export function CodeTab({ input, hasAccount }: { input: SnippetInput; hasAccount: boolean }) {
  const t = useTranslations('playground');
  const [language, setLanguage] = useQueryState(
    'code',
    parseAsStringLiteral(snippetLanguages).withDefault('curl').withOptions({ history: 'replace' }),
  );
  const hasFiles = input.first !== null || input.last !== null || input.ingredients.length > 0;
  return (
    <Tabs
      value={language}
      onValueChange={(next) => void setLanguage(snippetLanguages.find((one) => one === next) ?? null)}
    >
      <TabsList aria-label={t('snippets')}>
        {snippetLanguages.map((one) => (
          <TabsTrigger key={one} value={one}>
            {t(`snippet.${one}`)}
          </TabsTrigger>
        ))}
      </TabsList>
      {snippetLanguages.map((one) => {
        const code = makeSnippet(one, input);
        return (
          <TabsContent key={one} value={one} className="grid grid-cols-1 gap-2">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <ul className="text-secondary text-xs">
                <li>{t('snippetKey', { name: '$GATEWAY_API_KEY' })}</li>
                {one === 'node' && <li>{t('snippetNode')}</li>}
                {hasFiles && <li>{t('snippetFiles')}</li>}
                {hasAccount && <li>{t('snippetAccount')}</li>}
              </ul>
              <CopyButton text={code} label={t('copySnippet')} />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach what is cut off */}
            <pre tabIndex={0} className="overflow-x-auto rounded-md border border-border bg-muted p-3">
              <code lang="en" className="font-mono text-sm">
                {code}
              </code>
            </pre>
          </TabsContent>
        );
      })}
    </Tabs>
  );
}
