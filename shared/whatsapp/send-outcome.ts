/**
 * What became of an attempt to send. `retry`: certainly not sent, try again after that many seconds. `hold`:
 * likewise, and the reason lies with the account: no number of attempts is too many.
 * `dead`: never try again. `template`: the 24-hour window is closed, only a template gets through.
 * `unknown`: it may have been sent, a status will tell. Details hold no numbers, names or tokens.
 */
export type SendOutcome =
  | { readonly outcome: "sent"; readonly message_id: string }
  | {
    readonly outcome: "retry" | "hold";
    readonly error_code: number | null;
    readonly error_detail: string;
    readonly retry_after_s: number;
  }
  | { readonly outcome: "dead"; readonly error_code: number | null; readonly error_detail: string }
  | { readonly outcome: "template"; readonly error_code: 131047 }
  | { readonly outcome: "unknown"; readonly error_detail: string };
