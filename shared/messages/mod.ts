export {
  isMessageKind,
  type MessageKind,
  type MessageParams,
  type ParsedParams,
  type Say,
  say,
} from "./say.ts";
