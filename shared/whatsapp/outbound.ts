/** A message to one person, before it is addressed. `limits` says how long its texts may be. */
export type OutboundMessage =
  | { readonly type: "text"; readonly body: string }
  | { readonly type: "buttons"; readonly body: string; readonly buttons: readonly ReplyButton[] }
  | {
    readonly type: "list";
    readonly body: string;
    /** Opens the list. */
    readonly button: string;
    readonly sections: readonly ListSection[];
  }
  | { readonly type: "location_request"; readonly body: string }
  | { readonly type: "link"; readonly body: string; readonly title: string; readonly url: string }
  | {
    readonly type: "template";
    readonly name: string;
    readonly language: string;
    /** Fill {{1}}, {{2}}, ... of its body. */
    readonly parameters: readonly string[];
    /** The payloads of its quick-reply buttons, in order. */
    readonly buttons?: readonly string[];
  };

/** A button under a message; its id comes back when it is tapped, however late. */
export interface ReplyButton {
  readonly id: string;
  readonly title: string;
}

/** Rows of a list under one heading, which only a single section may lack. */
export interface ListSection {
  readonly title?: string;
  readonly rows: readonly ListRow[];
}

/** One choice of a list. */
export interface ListRow {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** The body of a POST to `/<phone_number_id>/messages`. */
export interface GraphBody {
  readonly messaging_product: "whatsapp";
  readonly recipient_type: "individual";
  readonly type: "text" | "interactive" | "template";
  /** The business-scoped user id. */
  readonly recipient?: string;
  /** The phone number, digits alone. */
  readonly to?: string;
  readonly biz_opaque_callback_data: string;
  readonly [content: string]: unknown;
}
