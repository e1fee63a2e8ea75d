import type { Entry } from "./journal.ts";
import type { SendRequest } from "./send-request.ts";

/** The newest message that offers this id to tap on, and as what. */
export function offeredAs(
  id: string,
  entries: readonly Entry[],
): { readonly message_id: string; readonly as: "button" | "list" | "template" } | undefined {
  for (const entry of entries.toReversed()) {
    if (entry.kind !== "outbound") continue;
    const as = kindOf(id, entry.message);
    if (as !== undefined) return { message_id: entry.message_id, as };
  }
  return undefined;
}

function kindOf(id: string, message: SendRequest): "button" | "list" | "template" | undefined {
  if (message.type === "template") {
    const offered = message.template.components?.some((component) =>
      component.type === "button" && component.parameters.some(({ payload }) => payload === id)
    );
    return offered === true ? "template" : undefined;
  }
  if (message.type !== "interactive") return undefined;
  const { interactive } = message;
  if (interactive.type === "button") {
    return interactive.action.buttons.some(({ reply }) => reply.id === id) ? "button" : undefined;
  }
  if (interactive.type !== "list") return undefined;
  const rows = interactive.action.sections.flatMap((section) => section.rows);
  return rows.some((row) => row.id === id) ? "list" : undefined;
}
