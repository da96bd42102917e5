import { getRuntime } from '../runtime';

type Handler<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

/** An address of the predecessor: `otherwise` answers while `compatibility.enabled` is off, and where nothing runs. */
export const whileCompatible =
  <Params>(handler: Handler<Params>, otherwise: Handler<Params>): Handler<Params> =>
  async (request, context) => {
    const runtime = await getRuntime().catch(() => undefined); // the handler meets it again, and says it in its shape
    const isOn = runtime?.settings.current()['compatibility.enabled'] === true;
    return isOn ? handler(request, context) : otherwise(request, context);
  };
