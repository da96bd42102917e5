import type { Language } from '../format';
import { en } from './en';
import { zh } from './zh';

/** Every text of the console; the English one says which there are. */
export type Messages = typeof en;

const all: Readonly<Record<Language, Messages>> = { en, zh };

export const messagesOf = (language: Language): Messages => all[language];

type Part = keyof Messages;

type GroupsOf<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? never : Key | `${Key}.${GroupsOf<Tree[Key]>}`;
}[keyof Tree & string];

/** A part of the console, or a group of texts in it: `accounts`, `accounts.form`. */
export type Scope = { [P in Part]: P | `${P}.${GroupsOf<Messages[P]>}` }[Part];

type At<Tree, Path> = Path extends `${infer First}.${infer Rest}`
  ? First extends keyof Tree
    ? At<Tree[First], Rest>
    : never
  : Path extends keyof Tree
    ? Tree[Path]
    : never;

type Leaves<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Key : `${Key}.${Leaves<Tree[Key]>}`;
}[keyof Tree & string];

/** The names of the texts of a part, `empty.title`. */
export type TextKey<S extends Scope> = Leaves<At<Messages, S>>;

/** What a text takes for the names in braces in it. */
export type TextValues = Record<string, string | number | Date>;
