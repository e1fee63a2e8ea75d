/** Words that are written in capitals, or of which two parts are one. */
const PARTS = /WhatsApp|V1|[A-Z][a-z0-9]*/g;

/** The anchor of an alert's playbook: InboxStuck is under "### Inbox stuck", #inbox-stuck. */
export function headingAnchor(alert: string): string {
  return (alert.match(PARTS) ?? []).join("-").toLowerCase();
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
}
