import type * as React from 'react';

/**
 * For the buttons of a form that checks a field when it loses the focus: the message would move the button away from
 * under the pointer, and the click would be lost. So the field keeps the focus.
 */
export const keepFocus = (event: React.MouseEvent): void => event.preventDefault();
