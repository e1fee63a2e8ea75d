import { z } from "zod";
import { GraphError } from "./graph-error.ts";

/** What the Cloud API takes at most, as Meta documents it: characters, unless it says otherwise. */
export const GRAPH_LIMITS = {
  textBody: 4096,
  interactiveBody: 1024,
  header: 60,
  footer: 60,
  buttons: 3,
  buttonTitle: 20,
  buttonId: 256,
  listButton: 20,
  sections: 10,
  rows: 10,
  sectionTitle: 24,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  linkTitle: 20,
  callbackData: 512,
} as const;

const L = GRAPH_LIMITS;

function text(max: number): z.ZodString {
  return z.string().min(1).max(max);
}

function allDifferent(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

const around = {
  body: z.strictObject({ text: text(L.interactiveBody) }),
  header: z.strictObject({ type: z.literal("text"), text: text(L.header) }).optional(),
  footer: z.strictObject({ text: text(L.footer) }).optional(),
};

const button = z.strictObject({
  type: z.literal("reply"),
  reply: z.strictObject({ id: text(L.buttonId), title: text(L.buttonTitle) }),
});

const row = z.strictObject({
  id: text(L.rowId),
  title: text(L.rowTitle),
  description: text(L.rowDescription).optional(),
});

const section = z.strictObject({
  title: text(L.sectionTitle).optional(),
  rows: z.array(row).min(1),
});

const listAction = z.strictObject({
  button: text(L.listButton),
  sections: z.array(section).min(1).max(L.sections)
    .refine((all) => all.length === 1 || all.every(({ title }) => title !== undefined), {
      error: "every one of several sections needs a title",
    })
    .refine((all) => all.flatMap(({ rows }) => rows).length <= L.rows, {
      error: `a list has at most ${L.rows} rows in all its sections`,
    })
    .refine((all) => allDifferent(all.flatMap(({ rows }) => rows.map(({ id }) => id))), {
      error: "two rows have one id",
    }),
});

const interactive = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("button"),
    ...around,
    action: z.strictObject({
      buttons: z.array(button).min(1).max(L.buttons)
        .refine((all) => allDifferent(all.map(({ reply }) => reply.title)), {
          error: "two buttons have one title",
        })
        .refine((all) => allDifferent(all.map(({ reply }) => reply.id)), {
          error: "two buttons have one id",
        }),
    }),
  }),
  z.strictObject({ type: z.literal("list"), ...around, action: listAction }),
  z.strictObject({
    type: z.literal("location_request_message"),
    body: around.body,
    action: z.strictObject({ name: z.literal("send_location") }),
  }),
  z.strictObject({
    type: z.literal("cta_url"),
    ...around,
    action: z.strictObject({
      name: z.literal("cta_url"),
      parameters: z.strictObject({
        display_text: text(L.linkTitle),
        url: z.url({ protocol: /^https?$/ }),
      }),
    }),
  }),
]);

const parameter = z.strictObject({ type: z.literal("text"), text: text(L.interactiveBody) });
const component = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("body"), parameters: z.array(parameter) }),
  z.strictObject({ type: z.literal("header"), parameters: z.array(parameter) }),
  z.strictObject({
    type: z.literal("button"),
    sub_type: z.enum(["quick_reply", "url"]),
    index: z.union([z.number().int(), z.string().regex(/^\d$/)]),
    parameters: z.array(
      z.strictObject({
        type: z.enum(["payload", "text"]),
        payload: text(L.buttonId).optional(),
        text: text(L.buttonId).optional(),
      }),
    ),
  }),
]);

const degrees = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)]);
const envelope = {
  messaging_product: z.literal("whatsapp"),
  recipient_type: z.literal("individual").optional(),
  to: z.string().regex(/^\+?[\d ()-]{8,20}$/).optional(),
  recipient: z.string().regex(/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/).optional(),
  biz_opaque_callback_data: z.string().max(L.callbackData).optional(),
  context: z.strictObject({ message_id: z.string() }).optional(),
};

const sendRequest = z.discriminatedUnion("type", [
  z.strictObject({
    ...envelope,
    type: z.literal("text"),
    text: z.strictObject({ body: text(L.textBody), preview_url: z.boolean().optional() }),
  }),
  z.strictObject({ ...envelope, type: z.literal("interactive"), interactive }),
  z.strictObject({
    ...envelope,
    type: z.literal("location"),
    location: z.strictObject({
      latitude: degrees,
      longitude: degrees,
      name: z.string().optional(),
      address: z.string().optional(),
    }),
  }),
  z.strictObject({
    ...envelope,
    type: z.literal("template"),
    template: z.strictObject({
      name: z.string().regex(/^[a-z0-9_]{1,512}$/),
      language: z.strictObject({ code: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/) }),
      components: z.array(component).optional(),
    }),
  }),
]);

const markRequest = z.strictObject({
  messaging_product: z.literal("whatsapp"),
  status: z.literal("read"),
  message_id: z.string().startsWith("wamid."),
  typing_indicator: z.strictObject({ type: z.literal("text") }).optional(),
});

/** A message that the Cloud API would take. */
export type SendRequest = z.infer<typeof sendRequest>;
/** A message of a person marked as read, perhaps with the typing indicator. */
export type MarkRequest = z.infer<typeof markRequest>;

/**
 * Reads the body of `POST /<phone number id>/messages`.
 * @throws {GraphError} 100, 131008 or 131009 with the field in its details
 */
export function parseSendRequest(body: unknown): SendRequest | MarkRequest {
  if (typeof body !== "object" || body === null) {
    throw new GraphError({ code: 100, details: "The body is no JSON object" });
  }
  if ("status" in body) return check(markRequest.safeParse(body), body);
  const request = check(sendRequest.safeParse(body), body);
  if (request.to === undefined && request.recipient === undefined) {
    throw new GraphError({ code: 131008, details: "to or recipient is required" });
  }
  // Meta would take both and prefer `to`; whoever sends both has mixed two people up.
  if (request.to !== undefined && request.recipient !== undefined) {
    throw new GraphError({ code: 131009, details: "give either to or recipient" });
  }
  return request;
}

function check<T>(result: z.ZodSafeParseResult<T>, body: unknown): T {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new GraphError({ code: 100, details: "The body is not valid" });
  const details = `${issue.path.join(".") || "body"}: ${issue.message}`;
  throw new GraphError({ code: codeOf(issue, body), details });
}

function codeOf(issue: z.core.$ZodIssue, body: unknown): number {
  const value = issue.path.reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined,
    body,
  );
  if (value === undefined) return 131008;
  return issue.code === "unrecognized_keys" || issue.code === "invalid_union" ? 100 : 131009;
}
